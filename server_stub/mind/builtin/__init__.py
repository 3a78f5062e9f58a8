"""The built-in companion: small talk, time, arithmetic and what it can do, in English and German,
with no model.
"""
