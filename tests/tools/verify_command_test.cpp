// SPDX-License-Identifier: Apache-2.0
// `reticle verify` as a shell runs it: planted faults, its reports, and its page in a browser.
#include <gtest/gtest.h>

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "tests/tools/subprocess.h"
#include "tests/tools/test_inputs.h"

namespace reticle::tools {
namespace {

std::string browser() {
  for (const char* name : {"chromium", "chromium-browser", "google-chrome"})
    if (std::system(("command -v " + std::string(name) + " >/dev/null 2>&1").c_str()) == 0) return name;
  return "";
}

// Lines that print well by the small model, and a place where two of them are joined on the mask only.
std::string lines(const std::string& more) {
  return "BEGIN\nCNAME test\nLEVEL M1\nCELL test PRIME\n"
         "RECT N M1 -100 0 160 900\nRECT N M1 260 0 160 900\nRECT N M1 620 0 160 900\n" +
         more + "ENDMSG\n";
}

class VerifyCommand : public testing::Test {
 protected:
  void SetUp() override {
    write_small_model(folder_ / "model.h5");
    write_text(folder_ / "target.glp", lines(""));
    write_text(folder_ / "bridged <&.glp", lines("RECT N M1 60 400 200 120\n"));
  }
  Finished verify(const std::string& mask, std::vector<std::string> more = {}) const {
    std::vector<std::string> words = {"verify", folder_ / mask, "--target", folder_ / "target.glp", "--model",
                                      folder_ / "model.h5"};
    words.insert(words.end(), more.begin(), more.end());
    return reticle(folder_.path(), words);
  }
  void expect_page_works(const std::string& program, const std::vector<std::string>& tone) const;

  TestFolder folder_;
};

TEST_F(VerifyCommand, ABridgeIsFoundWhereItIsAndFailsTheRun) {
  const Finished run = verify("bridged <&.glp", {"-o", folder_ / "out", "--format", "json"});
  EXPECT_EQ(run.exit_code, 1) << run.err;
  const auto json = nlohmann::json::parse(run.out);
  EXPECT_GE(json["totals"]["bridges"], 1);
  const auto& worst = json["hot_spots"][0];
  EXPECT_EQ(worst["check"], "bridge");
  // Between x = 60 and 260, y = 400 and 520; GLP is shifted by 512.
  EXPECT_NEAR(worst["places"][0]["x_nm"].get<double>(), 160 + 512, 15.0);  // its narrowest point
  EXPECT_NEAR(worst["places"][0]["y_nm"].get<double>(), 460 + 512, 5.0);
  for (const char* name : {"report.json", "findings.csv", "tiles.csv", "findings.lyrdb", "report.html"})
    EXPECT_TRUE(std::filesystem::exists(folder_ / "out" / name)) << name;
  EXPECT_NE(read_text(folder_ / "out/findings.lyrdb").find("<name>bridge</name>"), std::string::npos);
}

TEST_F(VerifyCommand, GatesDecideTheExitCode) {
  EXPECT_EQ(verify("target.glp").exit_code, 0) << verify("target.glp").out;
  EXPECT_EQ(verify("bridged <&.glp", {"--max-bridges", "1"}).exit_code, 0);
  EXPECT_EQ(verify("bridged <&.glp", {"--max-bridges", "0"}).exit_code, 1);
}

// Opens the page, moves its sliders and writes what came of it into the document, which the browser prints. The browser's
// virtual clock jumps from timer to timer; the turns of messages between them give the unpacking, which is on other
// threads, the time that it really needs.
void VerifyCommand::expect_page_works(const std::string& program, const std::vector<std::string>& tone) const {
  std::vector<std::string> words = {"-o", folder_ / "out", "--force"};
  words.insert(words.end(), tone.begin(), tone.end());
  ASSERT_EQ(verify("bridged <&.glp", words).exit_code, 1);
  std::string page = read_text(folder_ / "out/report.html");
  EXPECT_EQ(page.find("bridged <&"), std::string::npos);  // names are escaped
  const std::string probe =
      "<script>window.addEventListener('error', e => { document.body.dataset.error = e.message; });\n"
      "(async () => {\n"
      "  const channel = new MessageChannel();\n"
      "  const turn = () => new Promise(r => { channel.port1.onmessage = r; channel.port2.postMessage(0); });\n"
      "  while (document.body.dataset.ready !== 'yes') {\n"
      "    for (let i = 0; i < 300; ++i) await turn();\n"
      "    await new Promise(r => setTimeout(r, 1));\n"
      "  }\n"
      "  const shown = () => document.getElementById('view').toDataURL();\n"
      "  const before = shown(), slider = document.getElementById('dose');\n"
      "  slider.value = 1.1; const start = performance.now(); slider.dispatchEvent(new Event('input'));\n"
      "  document.body.dataset.dose = shown() !== before; document.body.dataset.took = performance.now() - start < 500;\n"
      "  const dosed = shown(), focus = document.getElementById('focus');\n"
      "  focus.value = 30; focus.dispatchEvent(new Event('input'));\n"
      "  document.body.dataset.focus = shown() !== dosed;\n"
      // What the band is filled from: rings around all samples above the level, whatever the border cuts.
      "  const image = state.image, box = state.place.box, lev = level(1), f = image.samplesWithin(data.nominal_focus, box);\n"
      "  let inside = 0, area = 0; const [x0, y0, x1, y1] = f.range;\n"
      "  for (let y = y0; y < y1; ++y) for (let x = x0; x < x1; ++x) inside += f.fine.data[y * f.fine.nx + x] >= lev;\n"
      "  for (const r of image.rings(data.nominal_focus, lev, box)) for (let i = 0; i + 3 < r.length; i += 2) area += (r[i] * r[i + 3] - r[i + 2] * r[i + 1]) / 2;\n"
      "  document.body.dataset.rings = inside > 0 && Math.abs(area / (f.dx * f.dy * inside) - 1) < 0.02;\n"
      // A line of 160 nm, read in its middle, away from the bridge.
      "  const edge = nearestEdge([412, 1300]), read = edge && cdAt(edge, image.at(data.nominal_focus), 1);\n"
      "  document.body.dataset.cd = !!read && Math.abs(read.cd - 160) < 40;\n"
      "  document.body.dataset.probed = 'yes';\n"
      "})();</script></body>";
  page.replace(page.rfind("</body>"), 7, probe);
  write_text(folder_ / "probed.html", page);
  const std::string command = "cd '" + folder_.path().string() + "' && HOME=. timeout 120 " + program +
                              " --headless --no-sandbox --disable-gpu --virtual-time-budget=20000 --dump-dom "
                              "'file://" + (folder_ / "probed.html").string() + "' >dom.html 2>browser.log";
  ASSERT_EQ(std::system(command.c_str()), 0) << read_text(folder_ / "browser.log");
  const std::string dom = read_text(folder_ / "dom.html");
  const std::string body = dom.substr(dom.find("<body"), 300);
  for (const char* good : {"data-ready=\"yes\"", "data-probed=\"yes\"", "data-dose=\"true\"", "data-focus=\"true\"", "data-rings=\"true\"", "data-cd=\"true\""})
    EXPECT_NE(body.find(good), std::string::npos) << good << " in " << body;
  EXPECT_EQ(body.find("data-error"), std::string::npos) << body;
}

TEST_F(VerifyCommand, ThePageWorksInABrowser) {
  const std::string program = browser();
  if (program.empty()) GTEST_SKIP() << "no Chromium on the PATH (Debian: chromium)";
  expect_page_works(program, {});
  expect_page_works(program, {"--drawn", "opaque", "--tone", "unexposed"});  // of a resist that stays where it is dark
}

}  // namespace
}  // namespace reticle::tools
