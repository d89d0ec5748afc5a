// SPDX-License-Identifier: Apache-2.0
// `reticle window` and `reticle calibrate` as a shell runs them.
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <numbers>

#include "tests/tools/subprocess.h"
#include "tests/tools/test_inputs.h"

namespace reticle::tools {
namespace {

// Three beams, coherent and scalar: I = |1/2 + 2 a cos(2 pi x / p)|^2, a = sin(pi w / p) / pi.
constexpr const char* k_three_beams = R"(
wavelength_nm = 193.0
na = 0.93
immersion_index = 1.0
vector_imaging = false
radiometric = false
threshold = 0.3
[source]
shape = "conventional"
sigma_out = 0.01
grid = 3
sampling = "pixel_centre"
[pattern]
period_nm = [240.0, 240.0]
[[pattern.rectangles]]
corners_nm = [60.0, 0.0, 180.0, 240.0]
)";

double three_beam_width(double clear_nm, double threshold) {
  const double a = std::sin(std::numbers::pi * clear_nm / 240.0) / std::numbers::pi;
  const double mean = clear_nm / 240.0;
  return 240.0 / std::numbers::pi * std::acos((std::sqrt(threshold) - mean) / (2.0 * a));
}

class WindowCommand : public testing::Test {
 protected:
  void SetUp() override {
    write_small_model(folder_ / "model.h5");
    write_text(folder_ / "clip.glp", small_clip());
    write_text(folder_ / "beams.toml", k_three_beams);
    write_text(folder_ / "beams.csv", "name,x0,y0,x1,y1,cd_nm\nline,10,50,230,50,130\nspace,130,20,350,20,\n");
    write_text(folder_ / "clip.csv", "bar, 532, 912, 892, 912\n\"foot, of the L\", 1262, 512, 1262, 962, , 2\n");
  }
  Finished window(std::vector<std::string> words) const {
    words.insert(words.begin(), "window");
    return reticle(folder_.path(), words);
  }
  void expect_refusal(const std::vector<std::string>& words, const std::string& expected) const {
    const Finished run = window(words);
    EXPECT_EQ(run.exit_code, 3) << run.err;
    EXPECT_NE(run.err.find(expected), std::string::npos) << run.err;
  }
  TestFolder folder_;
};

TEST_F(WindowCommand, MeasuresThreeBeamsAsTheirClosedForm) {
  const Finished run = window({folder_ / "beams.toml", "--exact", "--gauges", folder_ / "beams.csv", "--format",
                               "json", "--exposures", "0.9,1.0,1.1"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const auto json = nlohmann::json::parse(run.out);
  const auto& line = json["gauges"][0];
  const double cd = three_beam_width(120.0, 0.3);
  EXPECT_NEAR(line["nominal"]["cd_nm"], cd, 1e-6);
  EXPECT_NEAR(line["bossung"][0]["cd_nm"][2], three_beam_width(120.0, 0.3 / 1.1), 1e-6);
  // Dose to size: E I(half of 130 nm off the middle) = threshold. NILS and MEEF are stated there.
  const double amplitude = 0.5 + 2.0 / std::numbers::pi * std::cos(2.0 * std::numbers::pi * 65.0 / 240.0);
  const double level = amplitude * amplitude;
  EXPECT_NEAR(line["dose_to_size"], 0.3 / level, 1e-6);
  EXPECT_NEAR(line["at_dose_to_size"]["cd_nm"], 130.0, 1e-6);
  EXPECT_NEAR(line["meef"], (three_beam_width(121.0, level) - three_beam_width(119.0, level)) / 2.0, 1e-6);
  // d ln I / dx = 2 (dE/dx) / E there.
  const double slope = 4.0 / 240.0 * 2.0 * std::sin(2.0 * std::numbers::pi * 65.0 / 240.0) / amplitude;
  EXPECT_NEAR(line["at_dose_to_size"]["nils"], 130.0 * slope, 1e-6);
  const auto& space = json["gauges"][1];
  EXPECT_EQ(space["tone"], "dark");
  EXPECT_NEAR(space["nominal"]["cd_nm"], 240.0 - cd, 1e-6);
  EXPECT_NEAR(space["nominal"]["nils"].get<double>() / (240.0 - cd), line["nominal"]["nils"].get<double>() / cd, 1e-9);
}

TEST_F(WindowCommand, WritesItsFolderAndReplacesItByForceOnly) {
  const std::vector<std::string> words = {folder_ / "clip.glp", "--model",  folder_ / "model.h5",
                                          "--gauges",           folder_ / "clip.csv", "-o", folder_ / "out"};
  const Finished run = window(words);
  ASSERT_EQ(run.exit_code, 0) << run.err;
  for (const char* name : {"window.json", "bossung.csv", "bossung.png", "process_window.png"})
    EXPECT_TRUE(std::filesystem::exists(folder_ / "out" / name)) << name;
  const auto json = nlohmann::json::parse(read_text(folder_ / "out/window.json"));
  EXPECT_EQ(json["gauges"][1]["name"], "foot, of the L");
  EXPECT_GT(json["common_window"]["exposure_latitude_percent"], 0.0);
  expect_refusal(words, "--force");
}

// A clip wider than the model's period: each gauge has a field of its own about it.
TEST_F(WindowCommand, GaugeOfALargerLayoutReadsAsThatOfAClip) {
  write_text(folder_ / "bar.csv", "bar,532,912,892,912\n");
  const auto cd = [&](const std::string& period) {
    write_text(folder_ / (period + ".toml"), "period_nm = [" + period + ", " + period + "]\nmax_error = 1e-4\n"
                                             "[source]\nshape = \"conventional\"\nsigma_out = 0.4\ngrid = 24\n");
    const std::string model = folder_ / (period + ".h5");
    EXPECT_EQ(reticle(folder_.path(), {"model", folder_ / (period + ".toml"), "-o", model}).exit_code, 0);
    const Finished run = window({folder_ / "clip.glp", "--model", model, "--gauges", folder_ / "bar.csv",
                                 "--format", "json"});
    EXPECT_EQ(run.exit_code, 0) << run.err;
    return nlohmann::json::parse(run.out)["gauges"][0]["nominal"]["cd_nm"].get<double>();
  };
  EXPECT_NEAR(cd("1500"), cd("2048"), 0.2);
}

TEST_F(WindowCommand, WhatDoesNotPrintIsSaidNotNaN) {
  const Finished run = window({folder_ / "beams.toml", "--exact", "--gauges", folder_ / "beams.csv", "--format",
                               "csv", "--exposures", "0.1,1,10"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_NE(run.out.find("does not print"), std::string::npos) << run.out;
  EXPECT_EQ(run.out.find("nan"), std::string::npos);
  write_text(folder_ / "short.csv", "short,110,50,130,50\n");
  const Finished inside = window({folder_ / "beams.toml", "--exact", "--gauges", folder_ / "short.csv"});
  EXPECT_EQ(inside.exit_code, 0);
  EXPECT_NE(inside.out.find("no crossing"), std::string::npos) << inside.out;
}

TEST_F(WindowCommand, BadInputIsNamed) {
  const std::vector<std::string> clip = {folder_ / "clip.glp", "--model", folder_ / "model.h5"};
  const auto with = [&](const std::string& csv, const std::vector<std::string>& more = {}) {
    write_text(folder_ / "bad.csv", csv);
    std::vector<std::string> words = clip;
    words.insert(words.end(), {"--gauges", folder_ / "bad.csv"});
    words.insert(words.end(), more.begin(), more.end());
    return words;
  };
  expect_refusal(with("far,50,400,9250,400\n"), "gauge 'far'");
  expect_refusal(with("far,50,400,9250,400\n"), "outside the layout");
  expect_refusal(with("a,50,400\n"), "bad.csv:1");
  expect_refusal(with("a,50,400,250,here\n"), "not a number");
  expect_refusal(with("a,50,400,250,400\na,50,400,250,400\n"), "second gauge");
  expect_refusal(with("a,50,400,250,nan\n"), "not a finite number");
  expect_refusal(with(""), "bad.csv: the file is empty");
  expect_refusal(with("# none yet\n"), "bad.csv: holds no gauge");
  for (const char* cd : {"0", "-5", "nan", "inf"})
    expect_refusal(with("a,50,400,250,400,90\nb,50,500,250,500," + std::string(cd) + "\n"),
                   "bad.csv:2: cd_nm is '" + std::string(cd) + "'");
  expect_refusal(with("name,x0,y0,x1,y1,cd,measured CD\na,1,2,3,4,5,6\n"), "'cd' and 'measured CD' are both cd_nm");
  expect_refusal(with("name,x0,y0,x1,width\na,1,2,3,4\n"), "no column 'width'");
  expect_refusal(with("dot,50,400,50,400\n"), "same point");
  expect_refusal(with("name,x0,y0,x1,y1,focus_nm\na,532,912,892,912,30\n"), "for 'reticle calibrate'");
  // A defocus that the model does not hold.
  expect_refusal(with("a,532,912,892,912\n", {"--focus", "0,25"}), "no condition at focus 25 nm");
}

// A CD that takes almost twice the model's exposure: the curves lie about the exposure that prints
// it.
TEST_F(WindowCommand, BossungCurvesLieAboutTheDoseToSize) {
  write_text(folder_ / "wide.csv", "wide,10,50,230,50,134\n");
  std::vector<std::string> words = {folder_ / "beams.toml", "--exact", "--gauges",
                                    folder_ / "wide.csv"};
  const Finished table = window(words);
  ASSERT_EQ(table.exit_code, 0) << table.err;
  words.insert(words.end(), {"--format", "json"});
  const auto json = nlohmann::json::parse(window(words).out);
  const double amplitude =
      0.5 + 2.0 / std::numbers::pi * std::cos(2.0 * std::numbers::pi * 67.0 / 240.0);
  const double dose = 0.3 / (amplitude * amplitude);
  ASSERT_GT(dose, 1.9);
  EXPECT_NEAR(json["exposures_about_dose_to_size"], dose, 0.005);
  EXPECT_NEAR(json["exposures"][0], 0.9 * dose, 0.005);
  EXPECT_NEAR(json["exposures"][10], 1.1 * dose, 0.006);
  for (const auto& cd : json["gauges"][0]["bossung"][0]["cd_nm"]) EXPECT_NEAR(cd, 134.0, 5.0);
  EXPECT_NE(table.out.find("about the dose to size, 2.03"), std::string::npos) << table.out;
  // What is given stays.
  words.insert(words.end(), {"--exposures", "0.9,1.1"});
  const auto given = nlohmann::json::parse(window(words).out);
  EXPECT_EQ(given["exposures"], nlohmann::json({0.9, 1.1}));
  EXPECT_TRUE(given["exposures_about_dose_to_size"].is_null());
}

TEST_F(WindowCommand, FewFocusesGiveTheWindowOfMany) {
  write_text(folder_ / "contacts.toml",
             "wavelength_nm = 193.0\nna = 0.93\nimmersion_index = 1.0\n"
             "[source]\nshape = \"annular\"\nsigma_in = 0.5\nsigma_out = 0.8\nsampling = \"covered_area\"\ngrid = 21\n"
             "[pattern]\nname = \"contact_array\"\npitch_nm = [260.0, 260.0]\n"
             "width_nm = 130.0\nheight_nm = 130.0\n");
  write_text(folder_ / "contact.csv", "contact,10,130,250,130,130\n");
  const auto common = [&](const std::string& focuses) {
    const Finished run = window({folder_ / "contacts.toml", "--exact", "--gauges",
                                 folder_ / "contact.csv", "--format", "json", "--focus", focuses});
    EXPECT_EQ(run.exit_code, 0) << run.err;
    return nlohmann::json::parse(run.out)["common_window"];
  };
  std::string all = "-200";
  for (int focus = -180; focus <= 200; focus += 20) all.append(",").append(std::to_string(focus));
  const auto few = common("-200,-100,0,100,200"), many = common(all);
  for (const char* shape : {"largest_rectangle", "largest_ellipse"})
    for (const char* size : {"depth_of_focus_nm", "exposure_latitude_percent"}) {
      const double wanted = many[shape][size];
      EXPECT_GT(wanted, 0.0);
      EXPECT_NEAR(few[shape][size], wanted, 0.02 * wanted) << shape << " " << size;
    }
}

// The same gauges however a table was saved.
TEST_F(WindowCommand, GaugesOfOtherProgramsReadAsOurs) {
  const auto measured = [&](const std::string& csv) {
    write_text(folder_ / "g.csv", csv);
    const Finished run = window({folder_ / "beams.toml", "--exact", "--gauges", folder_ / "g.csv", "--format", "json"});
    EXPECT_EQ(run.exit_code, 0) << run.err;
    return run.out;
  };
  const std::string row = "line,10,50,230,50,130", ours = measured("name,x0,y0,x1,y1,cd_nm\n" + row + "\n");
  for (const char* cd : {"cd", "measured_cd", "measured CD", "Measured CD"})
    EXPECT_EQ(measured("name,x0,y0,x1,y1," + std::string(cd) + "\n" + row + "\n"), ours) << cd;
  EXPECT_EQ(measured("\xef\xbb\xbfname,x0,y0,x1,y1,cd_nm\r\n" + row + "\r\n\r\n"), ours);
  EXPECT_EQ(measured("\xef\xbb\xbf" + row), ours);
}

TEST_F(WindowCommand, CalibrateFindsTheThresholdThatMadeTheWidths) {
  write_text(folder_ / "measured.csv",
             "name,x0,y0,x1,y1,cd_nm\nline," + std::string("10,50,230,50,") +
                 std::to_string(three_beam_width(120.0, 0.36)) + "\nspace,130,20,350,20," +
                 std::to_string(240.0 - three_beam_width(120.0, 0.36)) + "\n");
  const Finished run = reticle(folder_.path(), {"calibrate", folder_ / "beams.toml", "--exact", "--gauges",
                                                folder_ / "measured.csv", "--fit", "threshold", "--report",
                                                folder_ / "fit.json", "--plot", folder_ / "fit.png"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const auto json = nlohmann::json::parse(read_text(folder_ / "fit.json"));
  EXPECT_NEAR(json["resist"]["threshold"]["value"], 0.36, 1e-6);
  EXPECT_LT(json["rms_nm"], 1e-5);
  EXPECT_TRUE(std::filesystem::exists(folder_ / "fit.png"));
}

// Widths of two patterns at two focuses and three exposures, by the closed form: out of focus the side beams lag by
// phi = 2 pi d / lambda (1 - sqrt(1 - (lambda / p)^2)) behind the middle one.
TEST_F(WindowCommand, CalibrateTakesFocusExposureAndSeveralPatternsInOneFit) {
  const auto width = [](double clear, double focus_nm, double threshold) {
    const double a = 2.0 * std::sin(std::numbers::pi * clear / 240.0) / std::numbers::pi, mean = clear / 240.0;
    const double phi = 2.0 * std::numbers::pi * focus_nm / 193.0 * (1.0 - std::sqrt(1.0 - std::pow(193.0 / 240.0, 2)));
    // a^2 c^2 + 2 mean a cos(phi) c + mean^2 = threshold for c = cos(pi w / p)
    const double b = mean * std::cos(phi);
    const double c = (-b + std::sqrt(b * b - mean * mean + threshold)) / a;
    return 240.0 / std::numbers::pi * std::acos(c);
  };
  std::string narrow = k_three_beams;
  narrow.replace(narrow.find("[60.0, 0.0, 180.0, 240.0]"), 25, "[70.0, 0.0, 170.0, 240.0]");
  write_text(folder_ / "narrow.toml", narrow);
  std::string csv = "name,pattern,x0,y0,x1,y1,focus_nm,exposure,cd_nm\n", by_dose = "name,pattern,x0,y0,x1,y1,focus_nm,dose,cd_nm\n";
  for (const double focus : {0.0, 60.0})
    for (const double exposure : {0.9, 1.0, 1.2})
      for (const auto& [pattern, clear] : {std::pair{"beams.toml", 120.0}, std::pair{"narrow", 100.0}}) {
        const std::string head = "line," + std::string(pattern) + ",10,50,230,50," + (focus == 0.0 ? "" : std::to_string(focus)) + ",";
        const std::string cd = "," + std::to_string(width(clear, focus, 0.36 / exposure)) + "\n";
        csv += head + std::to_string(exposure) + cd;
        by_dose += head + std::to_string(std::sqrt(exposure)) + cd;
      }
  for (const std::string& text : {csv, by_dose}) {
    write_text(folder_ / "fem.csv", text);
    const Finished run = reticle(folder_.path(), {"calibrate", folder_ / "beams.toml", folder_ / "narrow.toml", "--exact", "--gauges",
                                                  folder_ / "fem.csv", "--fit", "threshold,diffusion", "--json"});
    ASSERT_EQ(run.exit_code, 0) << run.err;
    const auto json = nlohmann::json::parse(run.out);
    EXPECT_EQ(json["gauges"].size(), 12u);
    EXPECT_NEAR(json["resist"]["threshold"]["value"], 0.36, 1e-4);
    EXPECT_NEAR(json["resist"]["diffusion_nm"]["value"], 0.0, 1.0);
    EXPECT_LT(json["rms_nm"], 1e-3);
  }
  const auto refuses = [&](const std::string& text, const std::string& expected) {
    write_text(folder_ / "bad.csv", text);
    const Finished run = reticle(folder_.path(), {"calibrate", folder_ / "beams.toml", folder_ / "narrow.toml", "--exact", "--gauges",
                                                  folder_ / "bad.csv", "--fit", "threshold"});
    EXPECT_EQ(run.exit_code, 3);
    EXPECT_NE(run.err.find(expected), std::string::npos) << run.err;
  };
  refuses("a,10,50,230,50,130\n", "names no pattern");
  refuses("name,x0,y0,x1,y1,cd_nm,pattern\na,10,50,230,50,130,wide\n", "none of the inputs beams.toml, narrow.toml");
  refuses("name,x0,y0,x1,y1,cd_nm,pattern\na,10,50,230,50,130,narrow\n", "no gauge lies in");
  refuses("name,x0,y0,x1,y1,cd_nm,exposure,dose\na,10,50,230,50,130,1,1\n", "keep one of them");
  refuses("name,x0,y0,x1,y1,cd_nm,exposure\na,10,50,230,50,130,0\n", "not above 0");
}

// Z2 of w waves moves the image by -w lambda / NA; coma moves by less, and one way. A window says so at its gauges.
TEST_F(WindowCommand, GaugesReportWhereFeaturesPrint) {
  const auto moved = [&](const std::string& zernikes) {
    write_text(folder_ / "tilted.toml", "zernikes_waves = " + zernikes + k_three_beams);
    const Finished run = window({folder_ / "tilted.toml", "--exact", "--gauges", folder_ / "beams.csv", "--json"});
    EXPECT_EQ(run.exit_code, 0) << run.err;
    return nlohmann::json::parse(run.out)["gauges"][0]["nominal"]["placement_nm"].get<double>();
  };
  EXPECT_NEAR(moved("[0.0, 0.0]"), 0.0, 1e-6);
  EXPECT_NEAR(moved("[0.0, 0.02]"), -0.02 * 193.0 / 0.93, 1e-6);
  // Three beams see of coma the phase of rho = lambda / (NA p) alone: Z7 = 3 rho^3 - 2 rho.
  const double rho = 193.0 / 0.93 / 240.0;
  EXPECT_NEAR(moved("[0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.02]"), -0.02 * (3.0 * std::pow(rho, 3) - 2.0 * rho) * 240.0, 1e-6);
}

TEST_F(WindowCommand, CalibratedModelPrintsTheMeasuredWidths) {
  write_text(folder_ / "measured.csv", "bar,532,912,892,912,185\nfoot,1262,512,1262,962,188\n");
  const Finished fit = reticle(folder_.path(), {"calibrate", folder_ / "clip.glp", "--model", folder_ / "model.h5",
                                                "--gauges", folder_ / "measured.csv", "-o", folder_ / "fitted.h5"});
  ASSERT_EQ(fit.exit_code, 0) << fit.err;
  const Finished run = window({folder_ / "clip.glp", "--model", folder_ / "fitted.h5", "--gauges",
                               folder_ / "measured.csv", "--format", "json"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const auto json = nlohmann::json::parse(run.out);
  EXPECT_NEAR(json["gauges"][0]["nominal"]["cd_nm"], 185.0, 5.0) << fit.out;
  EXPECT_NEAR(json["gauges"][1]["nominal"]["cd_nm"], 188.0, 5.0) << fit.out;
  const Finished few = reticle(folder_.path(), {"calibrate", folder_ / "clip.glp", "--model", folder_ / "model.h5",
                                                "--gauges", folder_ / "measured.csv", "--fit",
                                                "threshold,diffusion,slope"});
  EXPECT_EQ(few.exit_code, 3);
  EXPECT_NE(few.err.find("do not determine"), std::string::npos) << few.err;
}

TEST_F(WindowCommand, ModelWithASlopeTermIsDrawnAndMeasured) {
  write_text(folder_ / "slope.toml", "period_nm = [1024.0, 1024.0]\nmax_error = 0.05\nresist_slope_nm = 4.0\n"
                                     "[source]\ngrid = 16\n");
  ASSERT_EQ(reticle(folder_.path(), {"model", folder_ / "slope.toml", "-o", folder_ / "slope.h5", "--plot",
                                     folder_ / "slope.png"}).exit_code, 0);
  EXPECT_TRUE(std::filesystem::exists(folder_ / "slope.png"));
  EXPECT_EQ(window({folder_ / "clip.glp", "--model", folder_ / "slope.h5", "--gauges", folder_ / "clip.csv"}).exit_code, 0);
}

}  // namespace
}  // namespace reticle::tools
