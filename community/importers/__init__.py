"""Bring whole communities in: people, threads, votes, acceptance, dates, tags.

History is not news. Rows are written in bulk under the same constraints, counted and
indexed once at the end; nothing is announced, earned or escalated. What is here
already, known by its source and id, is left alone, so a second run changes nothing.
"""
