/** The API page: starts Swagger UI with the schema of this server and adds accessible names that it lacks. */

const host = /** @type {HTMLElement} */ (document.getElementById('api-docs'));
const { schema = '' } = host.dataset;

/** @type {(options: object) => unknown} */
const swagger = /** @type {any} */ (window).SwaggerUIBundle;

/** Gives a control an accessible name, unless it has one. */
function name(/** @type {Element} */ control, /** @type {string | null | undefined} */ label) {
  if (label && !control.hasAttribute('aria-label')) control.setAttribute('aria-label', label.trim());
}

function fixNames() {
  for (const row of host.querySelectorAll('tr[data-param-name]')) {
    for (const control of row.querySelectorAll('select, input, textarea')) name(control, row.getAttribute('data-param-name'));
  }
  for (const area of host.querySelectorAll('.body-param__text')) name(area, 'Request body');
  for (const select of host.querySelectorAll('.content-type')) name(select, 'Media type');
  for (const button of host.querySelectorAll('.close-modal')) name(button, 'Close');
  for (const input of host.querySelectorAll('.operation-filter-input')) name(input, 'Filter by tag');
  // The accessible name must equal the visible text, so that speech input finds it.
  for (const button of host.querySelectorAll('.modal-btn.auth[aria-label], .authorization__btn[aria-label] + .btn')) {
    if (button.textContent?.trim()) button.removeAttribute('aria-label');
  }
  for (const box of host.querySelectorAll('pre.microlight, .highlight-code pre, .model-box')) {
    if (!box.hasAttribute('tabindex')) box.setAttribute('tabindex', '0');
  }
}

new MutationObserver(fixNames).observe(host, { childList: true, subtree: true });

swagger({
  url: schema,
  domNode: host,
  deepLinking: false, // its links would be inside buttons
  docExpansion: 'none',
  filter: true,
  persistAuthorization: false,
  validatorUrl: null,
  syntaxHighlight: false,
  onComplete: () => {
    host.dataset.ready = '1';
  },
});

export {};
