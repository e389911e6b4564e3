"""The approved answers, updates and stage texts, and the facts they rest on."""
