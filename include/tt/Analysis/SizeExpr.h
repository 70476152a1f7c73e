//===- SizeExpr.h - polynomials over unknown sizes ------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#ifndef TT_ANALYSIS_SIZEEXPR_H
#define TT_ANALYSIS_SIZEEXPR_H

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace tt {

/// A polynomial with integer coefficients over symbols (numbers given out by ShapeAnalysis, each standing for an
/// integer that is only known at run time). Two expressions that compare equal have equal values; the converse does not
/// hold.
class SizeExpr {
public:
  /// Expressions stay small: an operation that would need more terms gives nothing.
  static constexpr size_t kMaxTerms = 16;

  SizeExpr(int64_t constant = 0);
  static SizeExpr symbol(unsigned number);

  /// The value, where no symbol occurs.
  std::optional<int64_t> getConstant() const;
  /// The number of the symbol, where the expression is a symbol and nothing else.
  std::optional<unsigned> getSymbol() const;
  bool isConstant(int64_t value) const { return getConstant() == value; }

  /// Products of symbols (sorted) with their coefficients, which are not 0; the empty product is the constant.
  const std::map<std::vector<unsigned>, int64_t> &getTerms() const { return terms; }

  bool operator==(const SizeExpr &other) const { return terms == other.terms; }
  bool operator!=(const SizeExpr &other) const { return terms != other.terms; }
  bool operator<(const SizeExpr &other) const { return terms < other.terms; }

  // Each gives nothing on overflow or where there are too many terms.
  static std::optional<SizeExpr> add(const SizeExpr &a, const SizeExpr &b);
  static std::optional<SizeExpr> subtract(const SizeExpr &a, const SizeExpr &b);
  static std::optional<SizeExpr> multiply(const SizeExpr &a, const SizeExpr &b);
  /// The quotient, where it is one product of symbols with a coefficient, or where `b` is one, and nothing remains.
  /// Holds wherever `b` is not 0.
  static std::optional<SizeExpr> divide(const SizeExpr &a, const SizeExpr &b);

private:
  std::map<std::vector<unsigned>, int64_t> terms;
};

} // namespace tt

#endif // TT_ANALYSIS_SIZEEXPR_H
