"""Raw values in, comparable values out: names, e-mails, phones, addresses, dates, companies."""
