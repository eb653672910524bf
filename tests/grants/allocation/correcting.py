"""What the tests of correcting build, for other tests to use as well."""

UDI = """
year: 2020
number: 0
title: Tildelingsbrev
dated: {on: 2020-01-01, ground: printed}
posts:
  - {post: 490/01, name: Drift, at_disposal: {amount: "900 mill.", cite: a}, cite: a}
  - {post: 490/21, name: Spesielle driftsutgifter, at_disposal: {amount: "20 mill.", cite: a}, cite: a}
"""
