var e={panel:"Chat",close:"Fechar o chat",goBack:"Voltar ao chat",chats:"Todos os chats",newChat:"Novo chat",noChats:"Ainda não há chats.",moreChats:"Mostrar \
mais",untitled:"Chat",renameChat:"Renomear {name}",archiveChat:"Arquivar {name}",chatName:"Nome do chat",unreadCount:{one:"{n} mensagem não lida",many:"{n} men\
sagens não lidas",other:"{n} mensagens não lidas"},greeting:"Como podemos ajudar?",greetingText:"Escreva uma mensagem e a resposta aparecerá aqui.",composer:"\
Escrever uma mensagem",attach:"Anexar um arquivo",removeFile:"Remover {name}",drop:"Solte os arquivos para anexá-los",send:"Enviar",save:"Salvar",cancel:"Cance\
lar",edit:"Editar",delete:"Excluir",editing:"Editando uma mensagem",deleteQuestion:"Excluir esta mensagem?",messages:"Mensagens",you:"Você",someone:"Alguém",label:"\
{author}, {time}",says:"{author} escreve: {text}",image:"Imagem",sound:"Som",video:"Vídeo",file:"Arquivo",opens:"{name}, abre em uma nova aba",queued:"Aguardan\
do envio",sending:"Enviando",uploading:"Enviando o arquivo, {part}",sent:"Enviada",delivered:"Entregue",seen:"Vista",edited:"Editada",notSent:"Não enviada.",tryAgain:"\
Tentar novamente",failedTooLarge:"É grande demais.",failedType:"Arquivos deste tipo não são aceitos.",failedBlocked:"Você não pode escrever aqui.",failedGone:"\
O chat não existe mais.",tooLate:"Esta mensagem não pode mais ser alterada.",buttonGone:"Esta opção não está mais disponível.",actionFailed:"Não funciono\
u. Tente novamente.",chosen:"{text}, escolhido",typing:{one:"{names} está digitando",many:"{names} estão digitando",other:"{names} estão digitando"},stop:"Pa\
rar a resposta",unreadLine:"Novas mensagens",jump:{one:"{n} nova mensagem",many:"{n} novas mensagens",other:"{n} novas mensagens"},jumpToEnd:"Ir para a mensagem\
 mais recente",offline:"Você está offline. As mensagens serão enviadas quando você voltar.",reconnecting:"A conexão caiu. Conectando novamente …",back:"C\
onexão restabelecida",slowDown:"Mensagens demais de uma vez. A próxima será enviada em instantes.",notStored:"Seu navegador não salva nada aqui: mantenha a p\
ágina aberta até que suas mensagens sejam enviadas.",loading:"Carregando",loadFailed:"Não foi possível carregar as mensagens.",unreachable:"O chat não está \
acessível no momento.",blocked:"Este chat não está disponível para você.",noChannel:"Não há nenhum chat aqui no momento.",notAllowed:"Este chat não está \
configurado para este site.",identityNeeded:"Para usar o chat, entre na sua conta neste site.",identityFailed:"Este site não conseguiu confirmar ao chat quem vo\
cê é.",powered:"Com tecnologia unicom"};export{e as strings};
