"""All writes of the domain: one module per aggregate, verb-first functions with keyword-only arguments, each atomic."""
