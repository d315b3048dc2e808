var e={zero:"لا رسائل غير مقروءة",one:"رسالة واحدة غير مقروءة",two:"رسالتان غير مقروءتين",few:"{n} رسائل غي\
ر مقروءة",many:"{n} رسالة غير مقروءة",other:"{n} رسالة غير مقروءة"},n={panel:"محادثة",close:"إغلاق المحادثة",
goBack:"العودة إلى المحادثة",chats:"كل المحادثات",newChat:"محادثة جديدة",noChats:"لا توجد محادثات بعد.",moreChats:"\
عرض المزيد",untitled:"محادثة",renameChat:"إعادة تسمية {name}",archiveChat:"أرشفة {name}",chatName:"اسم المحادثة",unreadCount:e,
greeting:"كيف يمكننا مساعدتك؟",greetingText:"اكتب رسالة وسيظهر الرد هنا.",composer:"اكتب رسالة",attach:"إرفاق مل\
ف",removeFile:"إزالة {name}",drop:"أفلت الملفات هنا لإرفاقها",send:"إرسال",save:"حفظ",cancel:"إلغاء",edit:"تعديل",
delete:"حذف",editing:"تعديل رسالة",deleteQuestion:"هل تريد حذف هذه الرسالة؟",messages:"الرسائل",you:"أنت",someone:"شخ\
ص ما",label:"{author}، {time}",says:"{author}: {text}",image:"صورة",sound:"صوت",video:"فيديو",file:"ملف",opens:"{name}، يُفتح في علامة تبويب \
جديدة",queued:"في انتظار الإرسال",sending:"جارٍ الإرسال",uploading:"جارٍ الرفع، {part}",sent:"أُرسلت",delivered:"\
سُلّمت",seen:"شوهدت",edited:"معدّلة",notSent:"لم تُرسل.",tryAgain:"حاول مرة أخرى",failedTooLarge:"الحجم كبير جدًا.",
failedType:"هذا النوع من الملفات غير مقبول.",failedBlocked:"لا يمكنك الكتابة هنا.",failedGone:"لم تعد المحادثة موجودة.",
tooLate:"لم يعد من الممكن تغيير هذه الرسالة.",buttonGone:"لم يعد هذا الخيار متاحًا.",actionFailed:"لم ينجح ذلك. \
حاول مرة أخرى.",chosen:"{text}، تم اختياره",typing:{zero:"{names} يكتب",one:"{names} يكتب",two:"{names} يكتبان",few:"{names} \
يكتبون",many:"{names} يكتبون",other:"{names} يكتبون"},stop:"إيقاف الرد",unreadLine:"رسائل جديدة",jump:{zero:"لا رسائل جديدة",
one:"رسالة جديدة واحدة",two:"رسالتان جديدتان",few:"{n} رسائل جديدة",many:"{n} رسالة جديدة",other:"{n} رسالة جدي\
دة"},jumpToEnd:"الانتقال إلى أحدث رسالة",offline:"أنت غير متصل بالإنترنت. ستُرسل الرسائل عند عودة الاتصال.",
reconnecting:"انقطع الاتصال. جارٍ إعادة الاتصال …",back:"عاد الاتصال",slowDown:"رسائل كثيرة في وقت واحد. ستُرسل التالية \
بعد لحظات.",notStored:"متصفحك لا يحفظ شيئًا هنا: أبقِ الصفحة مفتوحة حتى تُرسل رسائلك.",loading:"جارٍ ا\
لتحميل",loadFailed:"تعذّر تحميل الرسائل.",unreachable:"لا يمكن الوصول إلى المحادثة في الوقت الحالي.",
blocked:"هذه المحادثة غير متاحة لك.",noChannel:"لا توجد محادثة هنا في الوقت الحالي.",notAllowed:"هذه المحادثة غ\
ير معدّة لهذا الموقع.",identityNeeded:"لاستخدام المحادثة، سجّل الدخول إلى هذا الموقع.",identityFailed:"ت\
عذّر على هذا الموقع أن يؤكد للمحادثة من أنت.",powered:"بواسطة unicom"};export{n as strings};
