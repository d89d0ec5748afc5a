// SPDX-License-Identifier: Apache-2.0
#include "masks/reports/marker_database.h"

#include <fstream>
#include <map>

#include "kernels/base/error.h"
#include "masks/output_file.h"
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

void write_markers(const std::filesystem::path& path, const std::string& description,
                   const std::string& cell, const std::vector<Marker>& markers,
                   const std::vector<MarkerCategory>& described) {
  OutputFile output(path);
  std::ofstream file(output.temporary(), std::ios::binary);
  file.precision(12);
  std::map<std::string, std::string> categories;
  for (const Marker& marker : markers) categories.emplace(marker.category, "");
  for (const MarkerCategory& category : described)
    if (const auto found = categories.find(category.name); found != categories.end())
      found->second = category.description;
  file << "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<report-database>\n <description>"
       << xml_text(description) << "</description>\n <original-file/>\n <generator>reticle"
       << "</generator>\n <top-cell>" << xml_text(cell) << "</top-cell>\n <tags/>\n <categories>\n";
  for (const auto& [name, meaning] : categories)
    file << "  <category>\n   <name>" << xml_text(name) << "</name>\n   <description>" << xml_text(meaning)
         << "</description>\n   <categories/>\n  </category>\n";
  file << " </categories>\n <cells>\n  <cell>\n   <name>" << xml_text(cell)
       << "</name>\n   <variant/>\n   <layout-name/>\n   <references/>\n  </cell>\n </cells>\n"
       << " <items>\n";
  for (const Marker& marker : markers) {
    const Box& box = marker.box;
    file << "  <item>\n   <tags/>\n   <category>" << xml_text(quoted(marker.category))
         << "</category>\n   <cell>" << xml_text(cell)
         << "</cell>\n   <visited>false</visited>\n   <multiplicity>1</multiplicity>\n"
         << "   <values>\n    <value>box: (" << box.x0 / 1e3 << ',' << box.y0 / 1e3 << ';'
         << box.x1 / 1e3 << ',' << box.y1 / 1e3 << ")</value>\n    <value>text: "
         << xml_text(quoted(marker.text)) << "</value>\n";
    for (const double value : marker.values) file << "    <value>float: " << value << "</value>\n";
    file << "   </values>\n  </item>\n";
  }
  file << " </items>\n</report-database>\n";
  file.close();
  if (!file) throw Error(ErrorCode::io, path.string() + ": the markers cannot be written");
  output.commit();
}

}  // namespace reticle
