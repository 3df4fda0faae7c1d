"""A new rule set of another page, begun from one that there is: `allstatus rules new`."""
