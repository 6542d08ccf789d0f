"""Tables, workbooks and JSON of other systems, through a mapping that says what their columns mean."""
