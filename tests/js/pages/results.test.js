import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Results, resultText } from '../../../static/src/pages/_results.js';

const report = (more) => ({ queued: 0, used: 0, refused: 0, skipped: 0, problems: [], ...more });
const job = (more) => ({ kind: 'ingest', state: 'DONE', name: 'Image upload', text: '', ...more });
const outcome = (results, sent) => ({ uploaded: results.uploadedOf(sent), skipped: results.skipped, refused: results.refused });

test('a refused file was not uploaded', () => {
  const results = new Results();
  results.addJob('1', job());
  results.setReport(report({ used: 4, refused: 2, skipped: 1, problems: [{ upload: 'u', name: 'a.html', message: 'HTML page' }] }), true);
  assert.deepEqual(outcome(results, 4), { uploaded: 1, skipped: 1, refused: 2 });
  assert.deepEqual([...results.known.values()], [{ name: 'a.html', reason: 'HTML page' }]);
});

test('an archive counts as uploaded, the refused files in it as refused, also when it is reported twice', () => {
  const results = new Results();
  const archive = job({ kind: 'import_archive', refused: 2, problems: [{ name: 'notes.txt', message: 'no image' }] });
  assert.equal(results.addJob('1', { ...archive, state: 'RUNNING', problems: [] }), false);
  assert.equal(results.addJob('1', archive), true);
  assert.equal(results.addJob('1', archive), true);
  results.setReport(report({ used: 1 }), true);
  assert.deepEqual(outcome(results, 1), { uploaded: 1, skipped: 0, refused: 2 });
});

test('an archive that failed, and files that a failed job left behind, were refused', () => {
  const results = new Results();
  const failed = { state: 'FAILED', text: 'Not a ZIP file.' };
  for (let time = 0; time < 2; time += 1) results.addJob('1', job({ kind: 'import_archive', ...failed }));
  results.addJob('2', job(failed));
  results.setReport(report({ used: 1, queued: 3 }), true);
  assert.deepEqual(outcome(results, 4), { uploaded: 0, skipped: 0, refused: 4 });
});

test('files are not refused while they wait for their job', () => {
  const results = new Results();
  results.setReport(report({ queued: 3 }), false);
  assert.deepEqual(outcome(results, 3), { uploaded: 3, skipped: 0, refused: 0 });
});

test('files that the server would not process were refused, also after a later report', () => {
  const results = new Results();
  results.addUnprocessed([{ upload: '1', name: 'a.jpg' }, { upload: '2', name: 'b.jpg' }], 'The dataset was deleted.');
  results.setReport(report({ used: 1 }), true);
  assert.deepEqual(outcome(results, 3), { uploaded: 1, skipped: 0, refused: 2 });
  assert.equal(results.known.size, 2);
});

test('the text names only what happened', () => {
  assert.equal(resultText({ uploaded: 1, skipped: 0, refused: 0 }), '1 file uploaded');
  assert.equal(resultText({ uploaded: 2, skipped: 0, refused: 3 }), '2 uploaded, 3 refused');
  assert.equal(resultText({ uploaded: 0, skipped: 1, refused: 1 }), '0 uploaded, 1 skipped, 1 refused');
});
