// Search over everything that has a place in the site; window.tickmarkSite is written by site-data.ts.
(() => {
  'use strict';
  const input = document.getElementById('search');
  const list = document.getElementById('found');
  const root = document.body.dataset.root;
  const entries = window.tickmarkSite;
  const MOST = 30;
  let chosen = -1;

  /** The better a name fits the lower: it is it, it begins with it, it holds it; then columns, then what it means. */
  const rank = (entry, words) => {
    let worst = 0;
    for (const word of words) {
      const name = entry.name.toLowerCase();
      const short = name.slice(name.lastIndexOf('.') + 1);
      let fit = 9;
      if (name === word || short === word) fit = 0;
      else if (name.startsWith(word) || short.startsWith(word)) fit = 1;
      else if (name.includes(word)) fit = 2;
      else if (` ${entry.columns ?? ''} `.toLowerCase().includes(` ${word} `)) fit = 3;
      else if ((entry.columns ?? '').toLowerCase().includes(word)) fit = 4;
      else if (entry.about.toLowerCase().includes(word)) fit = 5;
      if (fit === 9) return 9;
      worst = Math.max(worst, fit);
    }
    return worst + (entry.type === 'check' ? 0.5 : 0);
  };

  const show = () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    const found =
      words.length === 0
        ? []
        : entries
            .map((entry) => ({ entry, at: rank(entry, words) }))
            .filter(({ at }) => at < 9)
            .sort((a, b) => a.at - b.at || a.entry.name.length - b.entry.name.length)
            .slice(0, MOST);
    list.replaceChildren(
      ...found.map(({ entry }, at) => {
        const item = document.createElement('li');
        item.id = `found-${at}`;
        item.setAttribute('role', 'option');
        const link = document.createElement('a');
        link.href = root + entry.page;
        link.tabIndex = -1;
        const name = document.createElement('strong');
        name.textContent = entry.name;
        const type = document.createElement('span');
        type.textContent = entry.type;
        const about = document.createElement('small');
        about.textContent = entry.about;
        link.append(name, type, about);
        item.append(link);
        return item;
      }),
    );
    if (found.length === 0 && words.length > 0) {
      const none = document.createElement('li');
      none.textContent = 'Nothing found.';
      none.className = 'empty';
      list.append(none);
    }
    chosen = -1;
    choose(found.length > 0 ? 0 : -1);
    list.hidden = words.length === 0;
    input.setAttribute('aria-expanded', String(!list.hidden));
  };

  const choose = (at) => {
    list.children[chosen]?.removeAttribute('aria-selected');
    chosen = at;
    const item = list.children[at];
    item?.setAttribute('aria-selected', 'true');
    item?.scrollIntoView({ block: 'nearest' });
    if (item) input.setAttribute('aria-activedescendant', item.id);
    else input.removeAttribute('aria-activedescendant');
  };

  const close = () => {
    list.hidden = true;
    input.setAttribute('aria-expanded', 'false');
  };

  input.addEventListener('input', show);
  input.addEventListener('focus', show);
  input.addEventListener('keydown', (event) => {
    const last = list.querySelectorAll('a').length - 1;
    if (event.key === 'ArrowDown') choose(Math.min(chosen + 1, last));
    else if (event.key === 'ArrowUp') choose(Math.max(chosen - 1, Math.min(0, last)));
    else if (event.key === 'Enter') {
      list.children[chosen]?.querySelector('a')?.click();
      close();
    } else if (event.key === 'Escape') {
      close();
      return;
    } else return;
    event.preventDefault();
  });
  document.addEventListener('click', (event) => {
    if (!event.target.closest('.search')) close();
  });
  document.addEventListener('keydown', (event) => {
    const typing = event.target.closest('input, textarea, select');
    if (event.key !== '/' || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    input.focus();
  });
})();
