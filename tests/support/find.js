// The first visible element with a role and an accessible name; `~` before the name: it contains this. Runs in the page, as a function's body.
const [role, wanted] = arguments;
const tags = {
  button: 'button,summary', link: 'a[href]', heading: 'h1,h2,h3', dialog: 'dialog[open]', textbox: 'input:not([type=checkbox]):not([type=radio]),textarea',
  checkbox: 'input[type=checkbox]', radio: 'input[type=radio]', combobox: 'select', option: 'option', listitem: 'li', list: 'ul,ol', article: 'article',
  navigation: 'nav', region: 'section', complementary: 'aside', status: 'output', form: 'form', group: 'fieldset',
};
const tidy = (text) => (text ?? '').replace(/\s+/g, ' ').trim();
const named = (element) => {
  const by = element.getAttribute('aria-labelledby');
  if (by) return tidy(by.split(/\s+/).map((id) => document.getElementById(id)?.innerText ?? '').join(' '));
  const label = element.getAttribute('aria-label');
  if (label) return tidy(label);
  if (element.labels?.length) return tidy([...element.labels].map((l) => l.innerText).join(' '));
  return tidy(content(element)) || tidy(element.getAttribute('title') ?? element.getAttribute('placeholder'));
};
const content = (node) => {
  if (node.nodeType === Node.TEXT_NODE) return node.data;
  if (node.nodeType !== Node.ELEMENT_NODE || node.getAttribute('aria-hidden') === 'true') return '';
  const inside = [...node.childNodes].map(content).join('');
  return getComputedStyle(node).display === 'inline' ? inside : ` ${inside} `;
};
const contains = wanted.startsWith('~');
const want = contains ? wanted.slice(1) : wanted;
const fits = (name) => (contains ? name.includes(want) : name === want);
const shown = (element) => element.checkVisibility ? element.checkVisibility({ visibilityProperty: true }) : element.getClientRects().length > 0;
const own = [...document.querySelectorAll(`[role~="${role}"]`)];
const native = tags[role] ? [...document.querySelectorAll(tags[role])].filter((e) => !e.hasAttribute('role')) : [];
return [...own, ...native].find((element) => shown(element) && fits(named(element))) ?? null;
