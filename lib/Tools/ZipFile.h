//===- ZipFile.h - the members of zip archives -----------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#ifndef TT_LIB_TOOLS_ZIPFILE_H
#define TT_LIB_TOOLS_ZIPFILE_H

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"

#include <cstdint>
#include <optional>

namespace tt {

/// One member of a zip archive. Layout: APPNOTE.TXT of PKWARE, sections 4.3.7 (local header), 4.3.12 (central
/// directory), 4.3.16 (its end), 4.5.3 (zip64).
struct ZipMember {
  llvm::StringRef name;
  unsigned method = 0; // 0 stored, 8 deflated
  uint64_t packedSize = 0, size = 0, localHeader = 0;
};

/// The members of the archive `zip`, whose names point into it. False when it is damaged.
bool readZipMembers(llvm::StringRef zip, llvm::SmallVectorImpl<ZipMember> &members);

/// Where in `zip` the `packedSize` bytes of the member are; nothing when it is damaged.
std::optional<uint64_t> findPackedBytes(llvm::StringRef zip, const ZipMember &member);

} // namespace tt

#endif // TT_LIB_TOOLS_ZIPFILE_H
