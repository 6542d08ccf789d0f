"""Post-mortems as teams write them in Markdown, read by their headings; no word of them is lost."""
