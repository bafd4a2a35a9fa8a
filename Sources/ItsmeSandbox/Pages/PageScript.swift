/// The scripts of the pages. Each only makes a page nicer that works without it.
enum PageScript {
    /// Asks for the page every two seconds, and shows it when it has changed. An answer with status 205 stands for a page
    /// that has to be opened for real, because it leads elsewhere.
    static let refresh = """
        const content=()=>document.getElementById("content");
        const source=content().dataset.refresh||location.href;
        let known=content().innerHTML;
        const look=async()=>{
          if(!document.hidden){
            try{
              const answer=await fetch(source,{headers:{"X-Requested-With":"fetch"},cache:"no-store"});
              if(answer.status!==200){location.assign(source);return}
              const page=new DOMParser().parseFromString(await answer.text(),"text/html").getElementById("content");
              if(page&&page.innerHTML!==known){
                if(new URL(source,location).href!==location.href){location.replace(source);return}
                const open=[...content().querySelectorAll("details[open][id]")].map(d=>d.id);
                const focused=document.activeElement&&document.activeElement.id;
                known=page.innerHTML;
                content().replaceWith(page);
                for(const id of open){const d=document.getElementById(id);if(d)d.open=true}
                if(focused&&document.getElementById(focused))document.getElementById(focused).focus();
              }
            }catch{}
          }
          setTimeout(look,2000);
        };
        setTimeout(look,2000);
        """

    /// Puts the number of a chosen person into the field above.
    static let phoneNumber = """
        document.addEventListener("change",e=>{
          const field=document.getElementById("phone");
          if(field&&e.target.dataset.phone)field.value=e.target.dataset.phone;
        });
        """

    /// Shows only the rows that hold every word of the search field, and the groups that have such rows.
    static let filter = """
        const field=document.getElementById("q");
        const show=()=>{
          const words=field.value.toLowerCase().split(/\\s+/).filter(w=>w);
          for(const group of document.querySelectorAll("[data-group]")){
            const heading=group.querySelector("h2").textContent;
            let count=0;
            for(const row of group.querySelectorAll("[data-row]")){
              const text=(row.textContent+" "+heading).toLowerCase();
              row.hidden=!words.every(w=>text.includes(w));
              if(!row.hidden)count++;
            }
            group.hidden=count===0;
          }
        };
        field.addEventListener("input",show);
        show();
        """
}
