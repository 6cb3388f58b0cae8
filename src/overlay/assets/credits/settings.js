// settings.js: the settings of credits/roll/look.rs with their defaults and bounds. Do not edit it: after a
// change there, UPDATE_DOCS=1 cargo nextest run the_page_has_the_defaults writes it.

(window.CreditsPage = window.CreditsPage || {}).SETTINGS = {
    mode: {"usual":"scroll","words":["scroll","slides"]},
    speed: {"least":1,"most":10000,"usual":null},
    seconds: {"least":1,"most":86400,"usual":"auto","words":["auto"]},
    delay: {"least":0,"most":3600,"usual":0.0},
    loop: {"isFlag":true,"usual":false},
    slideSeconds: {"least":0.5,"most":600,"usual":null},
    fade: {"least":0,"most":2000,"usual":80},
    dim: {"least":0,"most":1,"usual":0.55},
    stickyTitles: {"isFlag":true,"usual":true},
    icons: {"isFlag":true,"usual":true},
    largestName: {"least":1,"most":2,"usual":1.35},
    minimumSeconds: {"least":0,"most":60,"usual":2.0},
    theme: {"usual":"cinema"},
    scale: {"least":0.1,"most":10,"usual":1.0},
    language: {"usual":"auto","words":["auto","en","fr","de","es","pt","ja"]},
    direction: {"usual":"auto","words":["auto","ltr","rtl"]},
    titleColor: {"usual":null},
    nameColor: {"usual":null},
    titleFont: {"usual":null},
    nameFont: {"usual":null},
    sectionGap: {"least":0,"most":50,"usual":null},
    titleGap: {"least":0,"most":50,"usual":null},
    shadow: {"least":0,"most":1,"usual":null},
    emptyText: {"usual":null},
};
