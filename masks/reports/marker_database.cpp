// SPDX-License-Identifier: Apache-2.0
#include "masks/reports/marker_database.h"

#include <set>

#include "kernels/base/error.h"
#include "masks/xml_text.h"

namespace reticle {

namespace {

// A string value of an item: quoted, as KLayout's value strings are.
std::string quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out + "'";
}

}  // namespace

MarkerFile::MarkerFile(const std::filesystem::path& path, const std::string& description, const std::string& cell,
                       const std::vector<MarkerCategory>& categories)
    : file_(path), cell_(xml_text(cell)) {
  file_.out().precision(12);
  file_.out() << "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<report-database>\n <description>"
        << xml_text(description) << "</description>\n <original-file/>\n <generator>reticle"
        << "</generator>\n <top-cell>" << cell_ << "</top-cell>\n <tags/>\n <categories>\n";
  for (const MarkerCategory& category : categories)
    file_.out() << "  <category>\n   <name>" << xml_text(category.name) << "</name>\n   <description>" << xml_text(category.description)
          << "</description>\n   <categories/>\n  </category>\n";
  file_.out() << " </categories>\n <cells>\n  <cell>\n   <name>" << cell_
        << "</name>\n   <variant/>\n   <layout-name/>\n   <references/>\n  </cell>\n </cells>\n"
        << " <items>\n";
}

void MarkerFile::add(const Marker& marker) {
  const Box& box = marker.box;
  file_.out() << "  <item>\n   <tags/>\n   <category>" << xml_text(quoted(marker.category)) << "</category>\n   <cell>" << cell_
        << "</cell>\n   <visited>false</visited>\n   <multiplicity>1</multiplicity>\n"
        << "   <values>\n    <value>box: (" << box.x0 / 1e3 << ',' << box.y0 / 1e3 << ';'
        << box.x1 / 1e3 << ',' << box.y1 / 1e3 << ")</value>\n    <value>text: "
        << xml_text(quoted(marker.text)) << "</value>\n";
  for (const double value : marker.values) file_.out() << "    <value>float: " << value << "</value>\n";
  file_.out() << "   </values>\n  </item>\n";
}

void MarkerFile::finish() {
  file_.out() << " </items>\n</report-database>\n";
  file_.commit();
}

void write_markers(const std::filesystem::path& path, const std::string& description,
                   const std::string& cell, const std::vector<Marker>& markers) {
  std::set<std::string> names;
  for (const Marker& marker : markers) names.insert(marker.category);
  std::vector<MarkerCategory> categories;
  for (const std::string& name : names) categories.push_back({name, ""});
  MarkerFile file(path, description, cell, categories);
  for (const Marker& marker : markers) file.add(marker);
  file.finish();
}

}  // namespace reticle
