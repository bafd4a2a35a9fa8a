/// The style of all pages: light and dark, from 320 px of width. Text has a contrast of 4.5 to 1 or more, and the edges of
/// controls 3 to 1 (WCAG 2.2, level AA).
enum PageStyle {
    static let text = [colours, frame, content, controls, signIn].joined(separator: "\n")

    private static let colours = """
        :root{color-scheme:light dark;--paper:#f6f1e6;--card:#fffdf8;--soft:#efe7d5;--ink:#211d16;--quiet:#5f574a;\
        --line:#ded3bd;--edge:#867b67;--accent:#0b5c5a;--accent-ink:#fff;--shade:0 1px 2px #0001,0 8px 24px -12px #0003;\
        --good:#17622f;--good-soft:#dff0df;--bad:#9b2317;--bad-soft:#fae3dd;--note:#744700;--note-soft:#f9e8c0;\
        --bezel:#211d16;--band:#e9b44c}
        @media (prefers-color-scheme:dark){:root{--paper:#14161a;--card:#1d2025;--soft:#292d33;--ink:#efece5;\
        --quiet:#b5afa3;--line:#383d45;--edge:#8c929b;--accent:#7ed6c8;--accent-ink:#08211e;--shade:none;\
        --good:#90d9a4;--good-soft:#17321f;--bad:#ffa195;--bad-soft:#3d1d19;--note:#f2c97b;--note-soft:#3a2d12;\
        --bezel:#050607;--band:#b98a2f}}
        """

    private static let frame = """
        *{box-sizing:border-box}
        html{-webkit-text-size-adjust:100%}
        body{font:1rem/1.55 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;margin:0;color:var(--ink);\
        background:var(--paper)}
        header{background:#211d16;color:#f6f1e6}
        header::after{content:"";display:block;height:.375rem;\
        background:repeating-linear-gradient(-45deg,var(--band) 0 .75rem,#211d16 .75rem 1.5rem)}
        .bar{max-width:76rem;margin:0 auto;padding:.625rem 1rem;display:flex;flex-wrap:wrap;gap:.25rem 1.5rem;\
        align-items:center;justify-content:space-between}
        .mark{margin:0;display:flex;flex-wrap:wrap;gap:0 .75rem;align-items:baseline}
        .mark b{font-size:1.125rem;letter-spacing:-.01em}
        .mark b span{color:#f0c267}
        .mark small{font-size:.8125rem;color:#d8cfbe}
        nav{display:flex;flex-wrap:wrap;margin:0 -.625rem}
        nav a{color:inherit;text-decoration:none;padding:.5rem clamp(.375rem,2vw,.625rem);min-height:2.75rem;display:flex;align-items:center;\
        border-radius:.5rem;font-size:.9rem}
        nav a:hover{background:#3a342a}
        nav a[aria-current]{color:#f0c267;text-decoration:underline;text-underline-offset:.375rem;\
        text-decoration-thickness:2px}
        nav a:focus-visible{outline:3px solid #f0c267;outline-offset:-3px}
        .skip{position:absolute;left:-999rem}
        .skip:focus{left:.5rem;top:.5rem;background:var(--card);color:var(--ink);padding:.75rem 1rem;z-index:1}
        main>div{margin:0 auto;padding:2rem 1rem 4rem}
        .narrow{max-width:44rem}
        .wide{max-width:76rem}
        """

    private static let content = """
        h1{font-size:clamp(1.625rem,1.2rem + 1.8vw,2.25rem);line-height:1.15;letter-spacing:-.02em;margin:0 0 1.25rem;\
        overflow-wrap:anywhere}
        h2,legend{font-size:1.125rem;line-height:1.3;font-weight:650;margin:0 0 .625rem;padding:0}
        section>h2:not(:first-child),.card+h2{margin-top:1.5rem}
        h3{font-size:1rem;font-weight:650;margin:1.25rem 0 .375rem}
        p{margin:.5rem 0}
        a{color:var(--accent);text-underline-offset:.2em}
        .lead{font-size:1.0625rem;color:var(--quiet);max-width:46rem;margin:-.5rem 0 1.5rem}
        .quiet-text,small,figcaption{color:var(--quiet);font-size:.875rem}
        .note{border-left:.25rem solid var(--band);border-radius:.25rem;padding:.625rem .875rem;background:var(--note-soft);\
        color:var(--ink);margin:0 0 1rem}
        .card{background:var(--card);border:1px solid var(--line);border-radius:1rem;padding:1.25rem;margin:0 0 1.25rem;\
        box-shadow:var(--shade);min-width:0}
        .card>:first-child{margin-top:0}
        .card>:last-child{margin-bottom:0}
        .strong{border-color:var(--accent);border-width:2px}
        .columns{display:grid;gap:0 1.25rem;grid-template-columns:minmax(0,1fr)}
        @media (min-width:60rem){.columns{grid-template-columns:repeat(2,minmax(0,1fr));align-items:start}}
        dl{display:grid;grid-template-columns:minmax(5rem,max-content) minmax(0,1fr);gap:.375rem 1rem;margin:.5rem 0}
        dt{font-weight:600;color:var(--quiet)}
        dd{margin:0;overflow-wrap:anywhere}
        @media (max-width:26rem){dl{grid-template-columns:minmax(0,1fr);gap:0}dd{margin-bottom:.5rem}}
        ul,ol{margin:.5rem 0;padding-left:1.25rem}
        li{margin:0 0 .375rem;overflow-wrap:anywhere}
        .plain{list-style:none;padding:0}
        code,pre,kbd{font:.875em/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;\
        overflow-wrap:anywhere}
        pre{white-space:pre-wrap;background:var(--soft);border-radius:.5rem;padding:.75rem .875rem;margin:.5rem 0}
        blockquote{margin:0;white-space:pre-wrap;overflow-wrap:anywhere}
        table{width:100%;border-collapse:collapse;margin:.5rem 0}
        th,td{text-align:left;vertical-align:top;padding:.5rem .75rem .5rem 0;border-top:1px solid var(--line);\
        overflow-wrap:anywhere}
        th{font-weight:600;color:var(--quiet);overflow-wrap:normal}
        thead th{border-top:0}
        @media (max-width:40rem){thead{display:none}tr{display:block;border-top:1px solid var(--line);padding:.5rem 0}\
        th,td{display:block;border:0;padding:.125rem 0}}
        .tag{display:inline-block;font-size:.8125rem;font-weight:600;line-height:1.4;padding:.0625rem .5rem;\
        border-radius:1rem;background:var(--soft);color:var(--ink)}
        .good{background:var(--good-soft);color:var(--good)}
        .bad{background:var(--bad-soft);color:var(--bad)}
        .tag.note{border:0;margin:0;background:var(--note-soft);color:var(--note)}
        hr{border:0;border-top:1px solid var(--line);margin:1.25rem 0}
        """

    private static let controls = """
        form{margin:0}
        fieldset{border:0;margin:1.25rem 0;padding:0;min-width:0}
        label{font-weight:600}
        button,.button{font:inherit;font-weight:600;display:inline-flex;align-items:center;justify-content:center;\
        min-height:2.75rem;padding:.5rem 1.125rem;border:1px solid var(--accent);border-radius:.75rem;\
        background:var(--accent);color:var(--accent-ink);cursor:pointer;text-decoration:none;text-align:center;\
        max-width:100%;overflow-wrap:anywhere}
        button:hover,.button:hover{filter:brightness(1.12)}
        .quiet{background:var(--card);color:var(--ink);border-color:var(--edge)}
        .quiet:hover{background:var(--soft);filter:none}
        .full{width:100%}
        a:focus-visible,button:focus-visible,summary:focus-visible,select:focus-visible,input:focus-visible,\
        textarea:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
        input:not([type=radio]):not([type=checkbox]),select,textarea{font:inherit;font-weight:400;width:100%;min-height:2.75rem;\
        border:1px solid var(--edge);border-radius:.75rem;background:var(--card);color:inherit;padding:.5rem .75rem}
        textarea{font:.875rem/1.5 ui-monospace,Menlo,Consolas,"DejaVu Sans Mono",monospace}
        ::placeholder{color:var(--quiet);opacity:1}
        .row{display:flex;flex-wrap:wrap;gap:.625rem;align-items:end;margin:.75rem 0}
        .row>input,.row>label{flex:1 1 14rem;min-width:0}
        .row label>*{margin-top:.25rem}
        .actions{display:flex;flex-wrap:wrap;gap:.625rem;margin:1rem 0 0}
        @media (max-width:40rem){.actions>*,.row>button,.row>.button{flex:1 1 100%}}
        details{margin:.75rem 0 0}
        details.card{margin:0 0 1.25rem;padding:.5rem 1.25rem}
        details.card[open]{padding-bottom:1.25rem}
        summary{cursor:pointer;padding:.625rem 0;font-weight:600}
        """

    private static let signIn = """
        .tiles{display:grid;gap:.75rem;grid-template-columns:repeat(auto-fit,minmax(min(100%,13rem),1fr));margin:0 0 1.25rem}
        .tiles li{margin:0}
        .tiles a{display:block;height:100%;padding:1rem 1.25rem;border:1px solid var(--line);border-radius:1rem;\
        background:var(--card);color:var(--quiet);text-decoration:none;box-shadow:var(--shade)}
        .tiles a:hover{border-color:var(--accent)}
        .tiles b{display:block;color:var(--accent);font-size:1.125rem}
        .rows>li{display:flex;flex-wrap:wrap;gap:.5rem 1rem;align-items:center;justify-content:space-between;\
        border-top:1px solid var(--line);padding:.75rem 0;margin:0}
        .rows>li:first-child{border-top:0}
        .rows>li>div{flex:1 1 18rem;min-width:0}
        .rows>li[hidden],[hidden]{display:none}
        dd>.plain{margin:0}
        .number{white-space:nowrap}
        @media (min-width:60rem){.twofold{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:0 2rem}\
        .twofold>li:nth-child(2){border-top:0}}
        .rows p{margin:.125rem 0}
        .person>span:nth-child(2){flex:1 1 10rem}
        .avatar{flex:none;display:inline-flex;align-items:center;justify-content:center;width:2.5rem;height:2.5rem;\
        border-radius:50%;background:var(--accent);color:var(--accent-ink);font-weight:700;font-size:.875rem}
        .people{display:grid;gap:.625rem;grid-template-columns:repeat(auto-fill,minmax(min(100%,17rem),1fr))}
        .choice{display:flex;gap:.75rem;align-items:center;padding:.625rem .75rem;border:1px solid var(--edge);\
        border-radius:.75rem;font-weight:400;cursor:pointer;line-height:1.35}
        .choice small{display:block}
        .choice:has(:checked){border-color:var(--accent);box-shadow:inset 0 0 0 1px var(--accent);background:var(--soft)}
        input[type=radio],input[type=checkbox]{accent-color:var(--accent);width:1.125rem;height:1.125rem;flex:none;margin:0}
        .chips{display:flex;flex-wrap:wrap;gap:.5rem}
        .chip{display:inline-flex;gap:.5rem;align-items:center;min-height:2.75rem;padding:.25rem .875rem;\
        border:1px solid var(--edge);border-radius:1.5rem;font-weight:400;cursor:pointer}
        .chip:has(:checked){border-color:var(--accent);box-shadow:inset 0 0 0 1px var(--accent);background:var(--soft)}
        .choice:has(:focus-visible),.chip:has(:focus-visible){outline:3px solid var(--accent);outline-offset:2px}
        .scan{display:flex;flex-wrap:wrap;gap:1rem 1.25rem;align-items:center;margin:1.25rem 0 0}
        .scan>div:last-child{flex:1 1 12rem}
        .scan h3{margin-top:0}
        .qr{background:#fff;padding:.5rem;border-radius:.75rem;border:1px solid var(--line);line-height:0}
        .qr svg{width:10rem;height:10rem;display:block}
        .phone{max-width:22rem;width:100%;margin:0 auto 1.25rem;background:var(--bezel);border-radius:2.25rem;padding:.625rem;\
        box-shadow:0 1px 2px #0003,0 20px 40px -20px #0006}
        .screen{background:var(--card);border:1px solid var(--line);border-radius:1.75rem;padding:1.25rem;min-height:24rem}
        .screen>:last-child{margin-bottom:0}
        @media (max-width:60rem){.idle{min-height:11rem}}
        button svg{width:1.5rem;height:1.5rem;margin-right:.625rem;flex:none}
        .idle{display:flex;flex-direction:column;justify-content:center;text-align:center;color:var(--quiet);\
        background:var(--soft)}
        .app{display:flex;gap:.375rem;align-items:center;font-weight:700;margin:0 0 1rem;color:var(--ink)}
        .app span:first-child{color:var(--accent)}
        .app .tag{margin-left:auto}
        .idle .app{justify-content:center}
        .owner{display:flex;gap:.75rem;align-items:center;line-height:1.35;margin:0 0 1rem;padding:0 0 1rem;\
        border-bottom:1px solid var(--line)}
        .owner small{display:block}
        .ask{font-size:1.375rem;margin:.25rem 0 .75rem}
        .screen ul{padding-left:1.125rem}
        .screen form{display:grid;gap:.5rem;margin-top:1.25rem}
        .template{background:var(--soft);border-radius:.75rem;padding:.75rem .875rem;margin:0 0 .75rem}
        .template>:first-child{margin-top:0}
        .template>:last-child{margin-bottom:0}
        .amount{font-size:1.5rem;line-height:1.2}
        .asked .phone{margin-bottom:0}
        .phones{display:grid;gap:1.5rem;grid-template-columns:repeat(auto-fill,minmax(min(100%,20rem),1fr));\
        align-items:start}
        .dots{display:flex;gap:.5rem;margin:1rem 0}
        .dots span{width:.625rem;height:.625rem;border-radius:50%;background:var(--accent);animation:beat 1.2s infinite}
        .dots span:nth-child(2){animation-delay:.2s}
        .dots span:nth-child(3){animation-delay:.4s}
        @keyframes beat{0%,100%{opacity:.25}40%{opacity:1}}
        @media (prefers-reduced-motion:reduce){.dots span{animation:none}}
        """
}
