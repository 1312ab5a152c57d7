"""Reading a report: passages, sentences, speakers, figures, and checking a claim against them. Text in, values out."""
