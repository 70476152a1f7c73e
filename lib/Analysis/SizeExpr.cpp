//===- SizeExpr.cpp - polynomials over unknown sizes ----------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Analysis/SizeExpr.h"

#include "llvm/Support/MathExtras.h"

#include <algorithm>
#include <iterator>
#include <limits>

using namespace tt;

using Product = std::vector<unsigned>;

SizeExpr::SizeExpr(int64_t constant) {
  if (constant != 0)
    terms[{}] = constant;
}

SizeExpr SizeExpr::symbol(unsigned number) {
  SizeExpr expr;
  expr.terms[{number}] = 1;
  return expr;
}

std::optional<int64_t> SizeExpr::getConstant() const {
  if (terms.empty())
    return 0;
  if (terms.size() == 1 && terms.begin()->first.empty())
    return terms.begin()->second;
  return std::nullopt;
}

std::optional<unsigned> SizeExpr::getSymbol() const {
  if (terms.size() == 1 && terms.begin()->first.size() == 1 && terms.begin()->second == 1)
    return terms.begin()->first.front();
  return std::nullopt;
}

/// Adds `coefficient` times `product` to `terms`; false on overflow.
static bool addTerm(std::map<Product, int64_t> &terms, const Product &product, int64_t coefficient) {
  auto [it, inserted] = terms.try_emplace(product, coefficient);
  if (inserted)
    return true;
  if (llvm::AddOverflow(it->second, coefficient, it->second))
    return false;
  if (it->second == 0)
    terms.erase(it);
  return true;
}

std::optional<SizeExpr> SizeExpr::add(const SizeExpr &a, const SizeExpr &b) {
  SizeExpr sum = a;
  for (const auto &[product, coefficient] : b.terms)
    if (!addTerm(sum.terms, product, coefficient))
      return std::nullopt;
  if (sum.terms.size() > kMaxTerms)
    return std::nullopt;
  return sum;
}

std::optional<SizeExpr> SizeExpr::subtract(const SizeExpr &a, const SizeExpr &b) {
  std::optional<SizeExpr> negated = multiply(b, -1);
  if (!negated)
    return std::nullopt;
  return add(a, *negated);
}

std::optional<SizeExpr> SizeExpr::multiply(const SizeExpr &a, const SizeExpr &b) {
  if (a.terms.size() * b.terms.size() > kMaxTerms)
    return std::nullopt;
  SizeExpr result;
  for (const auto &[x, p] : a.terms) {
    for (const auto &[y, q] : b.terms) {
      Product product;
      std::merge(x.begin(), x.end(), y.begin(), y.end(), std::back_inserter(product));
      int64_t coefficient;
      if (product.size() > kMaxTerms || llvm::MulOverflow(p, q, coefficient) ||
          !addTerm(result.terms, product, coefficient))
        return std::nullopt;
    }
  }
  return result;
}

/// (x with coefficient p) / (y with coefficient q), where nothing remains.
static std::optional<std::pair<Product, int64_t>> divideTerm(const Product &x, int64_t p, const Product &y, int64_t q) {
  if ((p == std::numeric_limits<int64_t>::min() && q == -1) || p % q != 0 ||
      !std::includes(x.begin(), x.end(), y.begin(), y.end()))
    return std::nullopt;
  Product quotient;
  std::set_difference(x.begin(), x.end(), y.begin(), y.end(), std::back_inserter(quotient));
  return std::pair(quotient, p / q);
}

std::optional<SizeExpr> SizeExpr::divide(const SizeExpr &a, const SizeExpr &b) {
  if (b.terms.empty())
    return std::nullopt;
  if (a.terms.empty())
    return SizeExpr(0);
  const auto &[firstProduct, firstCoefficient] = *b.terms.begin();
  if (b.terms.size() == 1) {
    SizeExpr result;
    for (const auto &[product, coefficient] : a.terms) {
      auto term = divideTerm(product, coefficient, firstProduct, firstCoefficient);
      if (!term)
        return std::nullopt;
      result.terms.insert(*term);
    }
    return result;
  }
  // Some term of `a` is the quotient times the first term of `b`.
  for (const auto &[product, coefficient] : a.terms) {
    auto term = divideTerm(product, coefficient, firstProduct, firstCoefficient);
    if (!term)
      continue;
    SizeExpr candidate;
    candidate.terms.insert(*term);
    std::optional<SizeExpr> check = multiply(candidate, b);
    if (check && *check == a)
      return candidate;
  }
  return std::nullopt;
}
