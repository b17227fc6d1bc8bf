"""Teachers and students: records are seen at second hand."""
