var e={panel:"Chat",close:"Cerrar el chat",goBack:"Volver al chat",chats:"Todos los chats",newChat:"Nuevo chat",noChats:"Todavía no hay chats.",moreChats:"Most\
rar más",untitled:"Chat",renameChat:"Cambiar el nombre de {name}",archiveChat:"Archivar {name}",chatName:"Nombre del chat",unreadCount:{one:"{n} mensaje sin le\
er",many:"{n} mensajes sin leer",other:"{n} mensajes sin leer"},greeting:"¿Cómo podemos ayudarle?",greetingText:"Escriba un mensaje y la respuesta aparecerá a\
quí.",composer:"Escribir un mensaje",attach:"Adjuntar un archivo",removeFile:"Quitar {name}",drop:"Suelte los archivos para adjuntarlos",send:"Enviar",save:"Gu\
ardar",cancel:"Cancelar",edit:"Editar",delete:"Eliminar",editing:"Editando un mensaje",deleteQuestion:"¿Eliminar este mensaje?",messages:"Mensajes",you:"Usted",
someone:"Alguien",label:"{author}, {time}",says:"{author} escribe: {text}",image:"Imagen",sound:"Sonido",video:"Vídeo",file:"Archivo",opens:"{name}, se abre en\
 una pestaña nueva",queued:"Pendiente de envío",sending:"Enviando",uploading:"Subiendo, {part}",sent:"Enviado",delivered:"Entregado",seen:"Visto",edited:"Edit\
ado",notSent:"No enviado.",tryAgain:"Reintentar",failedTooLarge:"Es demasiado grande.",failedType:"No se aceptan archivos de este tipo.",failedBlocked:"No puede\
 escribir aquí.",failedGone:"El chat ya no existe.",tooLate:"Este mensaje ya no se puede cambiar.",buttonGone:"Esta opción ya no está disponible.",actionFailed:"\
No ha funcionado. Inténtelo de nuevo.",chosen:"{text}, elegido",typing:{one:"{names} está escribiendo",many:"{names} están escribiendo",other:"{names} están \
escribiendo"},stop:"Detener la respuesta",unreadLine:"Mensajes nuevos",jump:{one:"{n} mensaje nuevo",many:"{n} mensajes nuevos",other:"{n} mensajes nuevos"},jumpToEnd:"\
Ir al último mensaje",offline:"No tiene conexión. Los mensajes se enviarán cuando vuelva.",reconnecting:"Se ha perdido la conexión. Conectando de nuevo …",
back:"Conexión restablecida",slowDown:"Demasiados mensajes a la vez. El siguiente se enviará en un momento.",notStored:"Su navegador no guarda nada aquí: deje\
 la página abierta hasta que se envíen sus mensajes.",loading:"Cargando",loadFailed:"No se han podido cargar los mensajes.",unreachable:"En este momento no se\
 puede acceder al chat.",blocked:"Este chat no está disponible para usted.",noChannel:"En este momento no hay ningún chat aquí.",notAllowed:"Este chat no est\
á configurado para este sitio.",identityNeeded:"Para usar el chat, inicie sesión en este sitio.",identityFailed:"Este sitio no pudo confirmar al chat quién es\
 usted.",powered:"Con la tecnología de unicom"};export{e as strings};
