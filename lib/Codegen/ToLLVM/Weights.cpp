//===- Weights.cpp - the weights section of an artefact -------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Codegen/ToLLVM/Weights.h"

#include "tt/Dialect/IR/Constants.h"
#include "tt/Support/Target.h"

#include "llvm/BinaryFormat/ELF.h"
#include "llvm/Support/EndianStream.h"
#include "llvm/TargetParser/Triple.h"

using namespace mlir;
using namespace llvm;

namespace {

constexpr uint64_t kPage = 4096, kAlignment = 64;

/// An AArch64 program reaches +-4 GB from an instruction; 64 MB are left for all that is not weights.
constexpr uint64_t kMaxAArch64Bytes = (uint64_t(1) << 32) - (64u << 20);

ArrayRef<Attribute> getTable(ModuleOp module) {
  auto table = module->getAttrOfType<ArrayAttr>("tt.weights");
  return table ? table.getValue() : ArrayRef<Attribute>();
}

uint64_t getBytes(ElementsAttr weights) {
  return static_cast<uint64_t>(weights.getNumElements()) * tt::getElementBytes(weights.getElementType());
}

/// Names of the sections or symbols of an object, one after another, each ending in a zero.
struct StringTable {
  std::string bytes = std::string(1, '\0');
  uint32_t add(StringRef text) {
    uint32_t offset = bytes.size();
    bytes += text.str() + '\0';
    return offset;
  }
};

} // namespace

int64_t tt::getWeightsBytes(ModuleOp module) {
  uint64_t end = 0;
  for (Attribute weights : getTable(module))
    end = alignTo(end, kAlignment) + getBytes(cast<ElementsAttr>(weights));
  return end;
}

Error tt::writeWeightsObject(ModuleOp module, const Target &target, StringRef symbol, raw_ostream &os) {
  uint64_t bytes = tt::getWeightsBytes(module);
  Triple triple(target.triple);
  bool isFar = triple.isX86_64() && areWeightsFar(bytes);
  if (triple.isAArch64() && bytes > kMaxAArch64Bytes)
    return createStringError(inconvertibleErrorCode(), "weights of at most " + Twine(kMaxAArch64Bytes >> 20) +
                                                           " MB are supported in one artefact for AArch64, but the "
                                                           "model has " +
                                                           Twine(bytes >> 20) + " MB");
  StringTable sectionNames, symbolNames;
  uint32_t weightsName = sectionNames.add(isFar ? ".lrodata.tt.weights" : ".tt.weights"),
           symtabName = sectionNames.add(".symtab"), strtabName = sectionNames.add(".strtab"),
           shstrtabName = sectionNames.add(".shstrtab"), stackName = sectionNames.add(".note.GNU-stack"),
           symbolName = symbolNames.add(symbol);

  // Layout: header, weights, symbols, names, section headers.
  constexpr uint64_t headerSize = 64, symbolSize = 24, sectionSize = 64, numSections = 6, numSymbols = 2;
  uint64_t weightsAt = kPage, symbolsAt = alignTo(weightsAt + bytes, 8),
           symbolNamesAt = symbolsAt + numSymbols * symbolSize,
           sectionNamesAt = symbolNamesAt + symbolNames.bytes.size(),
           sectionsAt = alignTo(sectionNamesAt + sectionNames.bytes.size(), 8), start = os.tell();
  support::endian::Writer w(os, endianness::little);
  auto padTo = [&](uint64_t offset) { os.write_zeros(offset - (os.tell() - start)); };

  os << ELF::ElfMagic << char(ELF::ELFCLASS64) << char(ELF::ELFDATA2LSB) << char(ELF::EV_CURRENT)
     << char(ELF::ELFOSABI_NONE);
  os.write_zeros(8);
  w.write<uint16_t>(ELF::ET_REL);
  w.write<uint16_t>(triple.isAArch64() ? ELF::EM_AARCH64 : ELF::EM_X86_64);
  w.write<uint32_t>(ELF::EV_CURRENT);
  w.write<uint64_t>(0); // entry
  w.write<uint64_t>(0); // program headers
  w.write<uint64_t>(sectionsAt);
  w.write<uint32_t>(0); // flags
  w.write<uint16_t>(headerSize);
  w.write<uint16_t>(0);
  w.write<uint16_t>(0);
  w.write<uint16_t>(sectionSize);
  w.write<uint16_t>(numSections);
  w.write<uint16_t>(numSections - 1); // section of the section names

  uint64_t end = 0;
  for (Attribute attr : getTable(module)) {
    auto weights = cast<ElementsAttr>(attr);
    end = alignTo(end, kAlignment);
    padTo(weightsAt + end);
    std::vector<char> storage;
    ArrayRef<char> data = tt::getConstantBytes(weights, storage);
    if (data.size() != getBytes(weights))
      return createStringError(inconvertibleErrorCode(), "a constant has " + Twine(data.size()) +
                                                             " bytes of data, but needs " + Twine(getBytes(weights)) +
                                                             "; were its resources elided?");
    os.write(data.data(), data.size());
    end += data.size();
  }
  padTo(symbolsAt);
  auto writeSymbol = [&](uint32_t name, uint8_t info, uint8_t other, uint16_t section, uint64_t size) {
    w.write<uint32_t>(name);
    w.write<uint8_t>(info);
    w.write<uint8_t>(other);
    w.write<uint16_t>(section);
    w.write<uint64_t>(0);
    w.write<uint64_t>(size);
  };
  writeSymbol(0, 0, 0, 0, 0);
  writeSymbol(symbolName, (ELF::STB_GLOBAL << 4) | ELF::STT_OBJECT, ELF::STV_HIDDEN, 1, bytes);
  os << symbolNames.bytes << sectionNames.bytes;
  padTo(sectionsAt);
  auto writeSection = [&](uint32_t name, uint32_t type, uint64_t flags, uint64_t offset, uint64_t size, uint32_t link,
                          uint32_t info, uint64_t alignment, uint64_t entrySize) {
    w.write<uint32_t>(name);
    w.write<uint32_t>(type);
    w.write<uint64_t>(flags);
    w.write<uint64_t>(0); // address
    w.write<uint64_t>(offset);
    w.write<uint64_t>(size);
    w.write<uint32_t>(link);
    w.write<uint32_t>(info);
    w.write<uint64_t>(alignment);
    w.write<uint64_t>(entrySize);
  };
  writeSection(0, ELF::SHT_NULL, 0, 0, 0, 0, 0, 0, 0);
  uint64_t flags = ELF::SHF_ALLOC | (isFar ? uint64_t(ELF::SHF_X86_64_LARGE) : 0);
  writeSection(weightsName, ELF::SHT_PROGBITS, flags, weightsAt, bytes, 0, 0, kPage, 0);
  writeSection(symtabName, ELF::SHT_SYMTAB, 0, symbolsAt, numSymbols * symbolSize, /*names=*/3, /*first global=*/1, 8,
               symbolSize);
  writeSection(strtabName, ELF::SHT_STRTAB, 0, symbolNamesAt, symbolNames.bytes.size(), 0, 0, 1, 0);
  writeSection(stackName, ELF::SHT_PROGBITS, 0, sectionNamesAt, 0, 0, 0, 1, 0);
  writeSection(shstrtabName, ELF::SHT_STRTAB, 0, sectionNamesAt, sectionNames.bytes.size(), 0, 0, 1, 0);
  return Error::success();
}
