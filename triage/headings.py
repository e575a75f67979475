"""The labelled lines above quoted and forwarded mail (From, Sent, To, Subject) in many languages."""

from dataclasses import dataclass

_LABELS = {
    "from": "from, von, de, da, van, od, från, fra, oddi wrth, absender, expéditeur, remitente, mittente, "
    "afzender, nadawca, de la, lähettäjä, kimden, feladó, nuo, від, от",
    "date": "sent, date, date sent, sent on, gesendet, gesendet am, datum, envoyé, envoyé le, enviado, "
    "enviado el, enviada em, enviado em, fecha, inviato, data, verzonden, wysłano, wysłane, "
    "anfonwyd, dyddiad, skickat, sendt, dato, odesláno, trimis, lähetetty, gönderildi, tarih, "
    "küldve, išsiųsta, надіслано, отправлено, дата",
    "other": "to, cc, bcc, subject, reply-to, reply to, importance, priority, attachments, sensitivity, "
    "organisation, organization, message-id, resent-from, an, kopie, betreff, à, a, objet, para, "
    "asunto, assunto, oggetto, aan, onderwerp, do, dw, temat, at, i, pwnc, testun, till, til, "
    "ämne, emne, kopia, komu, předmět, către, subiect, aihe, vastaanottaja, kime, konu, címzett, "
    "tárgy, kam, tema, кому, тема, копія, копия",
}
_KINDS = {label: kind for kind, labels in _LABELS.items() for label in labels.split(", ")}
_LONGEST_LABEL = 24
_AROUND = " \t*>|\xa0"


@dataclass(frozen=True)
class Heading:
    """One labelled line: `kind` is from, date or other."""

    kind: str
    value: str


def heading_of(line: str) -> Heading | None:
    """Return what a line such as `From: Ann` or `*Gesendet:* Dienstag` says, None for any other line."""
    indent = len(line) - len(line.lstrip(_AROUND))
    colon = line.find(":", indent, indent + _LONGEST_LABEL)
    if colon < 1:
        return None
    kind = _KINDS.get(line[indent:colon].strip(_AROUND).casefold())
    return Heading(kind, line[colon + 1 :].strip(" \t*\xa0")) if kind else None
