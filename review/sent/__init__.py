"""What a stranger sent, made safe to show: HTML mail, links, styles, attachments."""
