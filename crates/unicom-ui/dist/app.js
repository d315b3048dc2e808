/*! Contains Preact, copyright (c) 2015-present Jason Miller, MIT License. */
var r={};function c(o){let e=document.createElement("div");e.hidden=!0,e.dataset.locales=Object.keys(r).join(),o.root.prepend(e);let t=n=>{e.hidden=!n,o.onToggle(n)};return{
open:()=>t(!0),close:()=>t(!1),focusComposer:()=>{},send:async()=>{},showChat:()=>{},startChat:()=>{},logout:async()=>{},update:()=>{},destroy:()=>e.remove()}}export{c as mount};
