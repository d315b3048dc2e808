var e={panel:"צ'אט",close:"סגירת הצ'אט",goBack:"חזרה לצ'אט",chats:"כל הצ'אטים",newChat:"צ'אט חדש",noChats:"אין עדיין צ'אטים.",
moreChats:"הצגת עוד",untitled:"צ'אט",renameChat:"שינוי השם של {name}",archiveChat:"העברת {name} לארכיון",chatName:"שם הצ'אט",
unreadCount:{one:"הודעה אחת שלא נקראה",two:"{n} הודעות שלא נקראו",other:"{n} הודעות שלא נקראו"},greeting:"איך אפשר ל\
עזור?",greetingText:"כתבו הודעה, והתשובה תופיע כאן.",composer:"כתיבת הודעה",attach:"צירוף קובץ",removeFile:"הסרת \
{name}",drop:"שחררו כאן קבצים כדי לצרף אותם",send:"שליחה",save:"שמירה",cancel:"ביטול",edit:"עריכה",delete:"מחיקה",
editing:"עריכת הודעה",deleteQuestion:"למחוק את ההודעה הזאת?",messages:"הודעות",you:"אתם",someone:"מישהו",label:"{author\
}, {time}",says:"{author}: {text}",image:"תמונה",sound:"צליל",video:"סרטון",file:"קובץ",opens:"{name}, נפתח בלשונית חדשה",queued:"\
ממתינה לשליחה",sending:"בשליחה",uploading:"בהעלאה, {part}",sent:"נשלחה",delivered:"נמסרה",seen:"נקראה",edited:"נערכה",
notSent:"לא נשלחה.",tryAgain:"ניסיון נוסף",failedTooLarge:"התוכן גדול מדי.",failedType:"קבצים מסוג זה אינם מתקבלים.",
failedBlocked:"אין אפשרות לכתוב כאן.",failedGone:"הצ'אט כבר לא קיים.",tooLate:"אי אפשר עוד לשנות את ההודעה הזאת.",
buttonGone:"האפשרות הזאת כבר לא זמינה.",actionFailed:"הפעולה לא הצליחה. נסו שוב.",chosen:"{text}, נבחר",typing:{one:"\
{names} בהקלדה",two:"{names} בהקלדה",other:"{names} בהקלדה"},stop:"עצירת התשובה",unreadLine:"הודעות חדשות",jump:{one:"הו\
דעה חדשה אחת",two:"{n} הודעות חדשות",other:"{n} הודעות חדשות"},jumpToEnd:"מעבר להודעה האחרונה",offline:"אין חיב\
ור לאינטרנט. ההודעות יישלחו כשהחיבור יחזור.",reconnecting:"החיבור נותק. מתבצע חיבור מחדש …",back:"\
החיבור חזר",slowDown:"יותר מדי הודעות בבת אחת. הבאה תישלח בעוד רגע.",notStored:"הדפדפן אינו שומר כאן דבר: השאירו את \
הדף פתוח עד שההודעות יישלחו.",loading:"בטעינה",loadFailed:"לא ניתן היה לטעון את ההודעות.",unreachable:"לא ני\
תן להגיע כרגע לצ'אט.",blocked:"הצ'אט הזה אינו זמין עבורכם.",noChannel:"אין כאן כרגע צ'אט.",notAllowed:"הצ'אט הז\
ה אינו מוגדר לאתר הזה.",identityNeeded:"כדי להשתמש בצ'אט, יש להתחבר לאתר הזה.",identityFailed:"האתר הזה לא הצליח לא\
שר לצ'אט מי אתם.",powered:"מופעל על ידי unicom"};export{e as strings};
