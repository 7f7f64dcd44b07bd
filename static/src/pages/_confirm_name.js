/** Forms that ask for a name before they delete: [data-confirm-name] is the name, the field "confirm" what is typed. */

/** Lets a form be sent while the typed name is right. @param {HTMLFormElement} form */
export function checkTypedName(form) {
  const typed = form.querySelector('[name="confirm"]');
  const isRight = typed instanceof HTMLInputElement && typed.value.trim() === (form.dataset.confirmName ?? '').trim();
  form.querySelector('[type="submit"]')?.toggleAttribute('disabled', !isRight);
}

/** Wires all such forms of the page. */
export function wireConfirmNames() {
  for (const form of document.querySelectorAll('form[data-confirm-name]')) {
    if (!(form instanceof HTMLFormElement)) continue;
    checkTypedName(form);
    form.addEventListener('input', () => checkTypedName(form));
    form.closest('dialog')?.addEventListener('close', () => {
      form.reset();
      checkTypedName(form);
    });
  }
}
