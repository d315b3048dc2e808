var e={panel:"Discussion",close:"Fermer la discussion",goBack:"Retour à la discussion",chats:"Toutes les discussions",newChat:"Nouvelle discussion",noChats:"Il\
 n’y a pas encore de discussion.",moreChats:"Afficher plus",untitled:"Discussion",renameChat:"Renommer {name}",archiveChat:"Archiver {name}",chatName:"Nom de \
la discussion",unreadCount:{one:"{n} message non lu",many:"{n} messages non lus",other:"{n} messages non lus"},greeting:"Comment pouvons-nous vous aider ?",greetingText:"\
Écrivez un message, la réponse apparaîtra ici.",composer:"Écrire un message",attach:"Joindre un fichier",removeFile:"Retirer {name}",drop:"Déposez les fichi\
ers pour les joindre",send:"Envoyer",save:"Enregistrer",cancel:"Annuler",edit:"Modifier",delete:"Supprimer",editing:"Modification d’un message",deleteQuestion:"\
Supprimer ce message ?",messages:"Messages",you:"Vous",someone:"Quelqu’un",label:"{author}, {time}",says:"{author} écrit : {text}",image:"Image",sound:"Son",
video:"Vidéo",file:"Fichier",opens:"{name}, s’ouvre dans un nouvel onglet",queued:"En attente d’envoi",sending:"Envoi en cours",uploading:"Envoi du fichier\
, {part}",sent:"Envoyé",delivered:"Distribué",seen:"Vu",edited:"Modifié",notSent:"Non envoyé.",tryAgain:"Réessayer",failedTooLarge:"Le contenu est trop vol\
umineux.",failedType:"Les fichiers de ce type ne sont pas acceptés.",failedBlocked:"Vous ne pouvez pas écrire ici.",failedGone:"La discussion n’existe plus.",
tooLate:"Ce message ne peut plus être modifié.",buttonGone:"Ce choix n’est plus possible.",actionFailed:"Cela n’a pas fonctionné. Réessayez.",chosen:"{t\
ext}, choisi",typing:{one:"{names} écrit",many:"{names} écrivent",other:"{names} écrivent"},stop:"Arrêter la réponse",unreadLine:"Nouveaux messages",jump:{
one:"{n} nouveau message",many:"{n} nouveaux messages",other:"{n} nouveaux messages"},jumpToEnd:"Aller au dernier message",offline:"Vous êtes hors ligne. Les me\
ssages seront envoyés à votre retour.",reconnecting:"La connexion a été interrompue. Reconnexion …",back:"Connexion rétablie",slowDown:"Trop de messages \
à la fois. Le prochain sera envoyé dans un instant.",notStored:"Votre navigateur n’enregistre rien ici : gardez la page ouverte jusqu’à l’envoi de vos message\
s.",loading:"Chargement",loadFailed:"Les messages n’ont pas pu être chargés.",unreachable:"La discussion est momentanément inaccessible.",blocked:"Cette di\
scussion ne vous est pas accessible.",noChannel:"Il n’y a pas de discussion ici pour le moment.",notAllowed:"Cette discussion n’est pas configurée pour ce sit\
e.",identityNeeded:"Pour utiliser la discussion, connectez-vous à ce site.",identityFailed:"Ce site n’a pas pu confirmer votre identité à la discussion.",powered:"\
Propulsé par unicom"};export{e as strings};
