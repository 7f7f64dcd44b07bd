/** Tabs of a page: `[data-tabs]` holds tabs whose `aria-controls` names their panels. Arrows, Home and End go from tab to tab. */

/** Shows the panel of a tab. @param {HTMLElement} tab */
function select(tab) {
  for (const other of tabsBeside(tab)) {
    const isSelected = other === tab;
    other.setAttribute('aria-selected', String(isSelected));
    other.tabIndex = isSelected ? 0 : -1;
    document.getElementById(other.getAttribute('aria-controls') ?? '')?.toggleAttribute('hidden', !isSelected);
  }
}

/** Returns the tabs of one list. @param {Element} tab @returns {HTMLElement[]} */
function tabsBeside(tab) {
  return [...(tab.closest('[data-tabs]')?.querySelectorAll('[role="tab"]') ?? [])].filter((one) => one instanceof HTMLElement);
}

/** Returns the tab of a list that an event is about. @param {Event} event */
function tabOf(event) {
  const tab = event.target instanceof Element ? event.target.closest('[data-tabs] [role="tab"]') : null;
  return tab instanceof HTMLElement ? tab : null;
}

/** Makes all tabs of the page work, also those that come later. */
export function startTabs() {
  document.addEventListener('click', (event) => {
    const tab = tabOf(event);
    if (tab) select(tab);
  });
  document.addEventListener('keydown', (event) => {
    const tab = tabOf(event);
    if (!tab || event.altKey || event.ctrlKey || event.metaKey) return;
    const tabs = tabsBeside(tab);
    const at = tabs.indexOf(tab);
    const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    const chosen = tabs.at(next % tabs.length);
    if (!chosen) return;
    select(chosen);
    chosen.focus();
  });
}
