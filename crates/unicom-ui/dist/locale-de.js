var e={panel:"Chat",close:"Chat schließen",goBack:"Zurück zum Chat",chats:"Alle Chats",newChat:"Neuer Chat",noChats:"Es gibt noch keine Chats.",moreChats:"Meh\
r anzeigen",untitled:"Chat",renameChat:"{name} umbenennen",archiveChat:"{name} archivieren",chatName:"Name des Chats",unreadCount:{one:"{n} ungelesene Nachricht",
other:"{n} ungelesene Nachrichten"},greeting:"Wie können wir helfen?",greetingText:"Schreiben Sie eine Nachricht, die Antwort erscheint hier.",composer:"Nachri\
cht schreiben",attach:"Datei anhängen",removeFile:"{name} entfernen",drop:"Dateien hier ablegen, um sie anzuhängen",send:"Senden",save:"Speichern",cancel:"Abb\
rechen",edit:"Bearbeiten",delete:"Löschen",editing:"Nachricht wird bearbeitet",deleteQuestion:"Diese Nachricht löschen?",messages:"Nachrichten",you:"Sie",someone:"\
Jemand",label:"{author}, {time}",says:"{author} schreibt: {text}",image:"Bild",sound:"Ton",video:"Video",file:"Datei",opens:"{name}, öffnet einen neuen Tab",queued:"\
Wird noch gesendet",sending:"Wird gesendet",uploading:"Wird hochgeladen, {part}",sent:"Gesendet",delivered:"Zugestellt",seen:"Gelesen",edited:"Bearbeitet",notSent:"\
Nicht gesendet.",tryAgain:"Noch einmal versuchen",failedTooLarge:"Sie ist zu groß.",failedType:"Dateien dieser Art werden nicht angenommen.",failedBlocked:"Sie\
 können hier nicht schreiben.",failedGone:"Den Chat gibt es nicht mehr.",tooLate:"Diese Nachricht kann nicht mehr geändert werden.",buttonGone:"Diese Auswahl \
ist nicht mehr möglich.",actionFailed:"Das hat nicht geklappt. Bitte noch einmal versuchen.",chosen:"{text}, ausgewählt",typing:{one:"{names} schreibt",other:"\
{names} schreiben"},stop:"Antwort anhalten",unreadLine:"Neue Nachrichten",jump:{one:"{n} neue Nachricht",other:"{n} neue Nachrichten"},jumpToEnd:"Zur neuesten N\
achricht",offline:"Sie sind offline. Nachrichten werden gesendet, sobald Sie wieder verbunden sind.",reconnecting:"Die Verbindung ist unterbrochen und wird wied\
erhergestellt …",back:"Wieder verbunden",slowDown:"Zu viele Nachrichten auf einmal. Die nächste wird gleich gesendet.",notStored:"Ihr Browser speichert hier \
nichts: Lassen Sie die Seite offen, bis Ihre Nachrichten gesendet sind.",loading:"Wird geladen",loadFailed:"Die Nachrichten konnten nicht geladen werden.",unreachable:"\
Der Chat ist im Moment nicht erreichbar.",blocked:"Dieser Chat steht Ihnen nicht zur Verfügung.",noChannel:"Hier gibt es im Moment keinen Chat.",notAllowed:"Di\
eser Chat ist für diese Website nicht eingerichtet.",identityNeeded:"Bitte melden Sie sich auf dieser Website an, um den Chat zu nutzen.",identityFailed:"Diese\
 Website konnte dem Chat nicht bestätigen, wer Sie sind.",powered:"Mit unicom"};export{e as strings};
