"""What is made of the facts of an audit: words, pages, tables, files for machines.

Facts are plain values, as JSON has them: what is shown of an audit can be shown of its
file, too.
"""
