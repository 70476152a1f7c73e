//===- ZipFile.cpp - the members of zip archives ---------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "ZipFile.h"

#include "llvm/Support/Endian.h"

using namespace llvm;

namespace {

constexpr uint32_t localMagic = 0x04034b50, centralMagic = 0x02014b50, endMagic = 0x06054b50, end64Magic = 0x06064b50;

uint16_t read16(StringRef bytes, size_t at) { return support::endian::read16le(bytes.data() + at); }
uint32_t read32(StringRef bytes, size_t at) { return support::endian::read32le(bytes.data() + at); }
uint64_t read64(StringRef bytes, size_t at) { return support::endian::read64le(bytes.data() + at); }

/// Finds the central directory: its offset and number of members. False when the archive is damaged.
bool findDirectory(StringRef zip, uint64_t &offset, uint64_t &count) {
  if (zip.size() < 22)
    return false;
  for (size_t end = zip.size() - 22;; --end) { // the record is last, before a comment of at most 65535 bytes
    if (read32(zip, end) == endMagic) {
      count = read16(zip, end + 10);
      offset = read32(zip, end + 16);
      if (offset != 0xffffffff && count != 0xffff)
        return true;
      if (end < 20 + 56) // locator and zip64 record stand before it
        return false;
      uint64_t record = read64(zip, end - 20 + 8);
      if (record > zip.size() - 56 || read32(zip, record) != end64Magic)
        return false;
      count = read64(zip, record + 32);
      offset = read64(zip, record + 48);
      return true;
    }
    if (end == 0 || zip.size() - end > 22 + 65535)
      return false;
  }
}

/// Reads the sizes that did not fit into 32 bits from the member's zip64 extra field.
void readZip64(StringRef extra, tt::ZipMember &member) {
  while (extra.size() >= 4) {
    unsigned id = read16(extra, 0), length = read16(extra, 2);
    StringRef field = extra.substr(4, length);
    if (id == 1)
      for (uint64_t *value : {&member.size, &member.packedSize, &member.localHeader})
        if (*value == 0xffffffff && field.size() >= 8) {
          *value = read64(field, 0);
          field = field.drop_front(8);
        }
    extra = extra.drop_front(std::min<size_t>(extra.size(), 4 + length));
  }
}

} // namespace

bool tt::readZipMembers(StringRef zip, SmallVectorImpl<ZipMember> &members) {
  uint64_t at, count;
  if (!findDirectory(zip, at, count))
    return false;
  for (uint64_t i = 0; i < count; ++i) {
    if (at > zip.size() || zip.size() - at < 46 || read32(zip, at) != centralMagic)
      return false;
    size_t nameLength = read16(zip, at + 28), extraLength = read16(zip, at + 30), commentLength = read16(zip, at + 32);
    ZipMember member;
    member.method = read16(zip, at + 10);
    member.packedSize = read32(zip, at + 20);
    member.size = read32(zip, at + 24);
    member.localHeader = read32(zip, at + 42);
    member.name = zip.substr(at + 46, nameLength);
    readZip64(zip.substr(at + 46 + nameLength, extraLength), member);
    members.push_back(member);
    at += 46 + nameLength + extraLength + commentLength;
  }
  return true;
}

std::optional<uint64_t> tt::findPackedBytes(StringRef zip, const ZipMember &member) {
  uint64_t at = member.localHeader;
  if (at > zip.size() || zip.size() - at < 30 || read32(zip, at) != localMagic)
    return std::nullopt;
  at += 30 + read16(zip, at + 26) + read16(zip, at + 28);
  if (at > zip.size() || zip.size() - at < member.packedSize)
    return std::nullopt;
  return at;
}
