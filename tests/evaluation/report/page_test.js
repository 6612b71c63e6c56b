// SPDX-License-Identifier: LGPL-2.1-or-later
// node page_test.js PAGE: what the script of page.html draws of data.
'use strict';
const assert = require('node:assert');
const fs = require('node:fs');
const test = require('node:test');

const page = fs.readFileSync(process.argv[2], 'utf8');
const script = page.slice(page.lastIndexOf('<script>') + '<script>'.length, page.lastIndexOf('</script>'));
const {draw, chart, ticks, logarithmicTicks, decimal, duration} =
  new Function(script + '\nreturn {draw, chart, ticks, logarithmicTicks, decimal, duration};')();

function has(text, part) { assert.ok(text.includes(part), `'${part}' is not in\n${text}`); }
function lacks(text, part) { assert.ok(!text.includes(part), `'${part}' is in\n${text}`); }

test('numbers have signs, and infinity one of its own', () => {
  assert.equal(decimal(1.26, 1, true), '+1.3');
  assert.equal(decimal(-0.5, 2), '-0.50');
  assert.equal(decimal('Infinity', 2), '∞');
  assert.equal(decimal(null, 2, true), '–');
  assert.equal(decimal(-0.001, 2, true), '+0.00');
  assert.equal(decimal(-0.001, 2), '0.00');
  assert.equal(duration(59.6), '01:00');
  assert.equal(duration(3723), '1:02:03');
});

test('ticks are round and within', () => {
  assert.deepEqual(ticks(0, 10, 5), [0, 2, 4, 6, 8, 10]);
  assert.deepEqual(ticks(-0.3, 1.1, 3).map(tick => tick + 0), [0, 0.5, 1.0]);
  assert.deepEqual(ticks(27, 41, 3), [30, 35, 40]);
  assert.deepEqual(logarithmicTicks(0.15, 6), [0.2, 0.5, 1, 2, 5]);
  assert.deepEqual(logarithmicTicks(3, 16), [3, 4, 5, 7, 10, 15]);
});

test('points lie where their values say', () => {
  const drawn = chart({title: 'A & B', x: 'x', y: 'y', series: [{name: 'one', points: [[0, 0], [50, 5], [100, 10]]}]});
  // 3 % and 6 % of room on each side of a plot from (48, 26) to (464, 258): the middle is its centre.
  has(drawn, 'A &#38; B');
  has(drawn, 'cx="256.0" cy="142.0"');
  has(drawn, '<title>one: 50 x, 5 y</title>');
  const logarithmic = chart({title: '', x: '', y: '', logarithmic: true,
    series: [{name: 'one', points: [[0.1, 0], [1, 5], [10, 10]]}]});
  has(logarithmic, 'cx="256.0" cy="142.0"');
  // Long labels get more room.
  has(chart({title: '', x: '', y: '', series: [{name: 'one', points: [[0, 0], [1, 0.001]]}]}),
    '<text x="50.0" y="208.1" text-anchor="end">0.0002</text>');
});

test('nothing to draw is no failure', () => {
  has(chart({title: '', x: '', y: '', series: []}), '<svg');
  const drawn = chart({title: '', x: '', y: '', series: [{name: '', points: [[1, 'Infinity'], [null, 1], [2, 3]]}]});
  for (const part of ['NaN', 'Infinity', 'null', 'undefined']) lacks(drawn, part);
});

const quality = (psnr, psnr_b, ssim) => ({psnr, psnr_b, ssim});
const row = (q, rate, before, one, two) => ({quality: q, bits_per_pixel: rate, jpeg: quality(before, before - 1, 0.8),
  restored: quality((one + two) / 2, (one + two) / 2 - 0.5, 0.9), pictures_worse: two < before ? 1 : 0,
  bytes_saved: 0.25, pictures: [
    {name: '<one>.png', jpeg: quality(before, before - 1, 0.8), restored: quality(one, one, 0.9)},
    {name: 'two.png', jpeg: quality(before, before - 1, 0.8), restored: quality(two, two, 0.9)}]});
const sample = () => ({kind: 'evaluation', name: '<model> & co', chroma: false, settings: [['Pictures', 'a "folder"']],
  qualities: [row(10, 0.3, 27.5, 28.7, 27.4), row(20, 0.5, 30, 31.3, 30.1)], bd_rate: -0.2, bd_rate_of_means: -0.21,
  pictures: [{name: '<one>.png', bd_rate: -0.3}, {name: 'two.png', bd_rate: null}],
  gained_most: [{name: '<one>.png', quality: 10, jpeg_quality: quality(27.5, 26.5, 0.8),
    restored_quality: quality(28.7, 28.2, 0.9), left: 8, top: 16, width: 24, height: 16, jpeg: 'iVBORw0', restored: 'iVBORw1',
    original: 'iVBORw2'}], gained_least: []});

test('an evaluation shows its figures and no markup of others', () => {
  const drawn = draw(sample());
  has(drawn, '&#60;model&#62; &#38; co');
  for (const name of ['<model>', '<one>']) lacks(drawn, name);
  has(drawn, 'a &#34;folder&#34;');
  has(drawn, '<strong>+0.55 dB</strong>');
  has(drawn, '<strong>1 of 4</strong>');
  has(drawn, '<strong>20.0 %</strong>');
  has(drawn, 'BD-rate -20.0 %');
  has(drawn, 'PSNR 27.50 → 28.70 dB (<span class="better">+1.20</span>)');
  has(drawn, '<span class="worse">-0.10</span>');
  has(drawn, 'Gained most at quality 10');
  lacks(drawn, 'Gained least');
  assert.equal(drawn.split('src="data:image/png;base64,iVBORw').length, 4);
  for (const part of ['NaN', 'null', 'undefined']) lacks(drawn, part);
});

test('one quality and a lossless picture are no failure', () => {
  const data = sample();
  data.qualities = [row(100, 5, 'Infinity', 'Infinity', 'Infinity')];
  data.qualities[0].jpeg = data.qualities[0].restored = quality('Infinity', 'Infinity', 1);
  data.qualities[0].bytes_saved = data.bd_rate = data.bd_rate_of_means = null;
  data.gained_most = [];
  const drawn = draw(data);
  has(drawn, 'at least four qualities');
  has(drawn, '∞');
  for (const part of ['NaN', 'Infinity', 'null', 'undefined']) lacks(drawn, part);
});

test('a training shows its curve', () => {
  const data = {kind: 'training', name: '<mine>', state: 'done', time: '2026-01-01 12:00:00 UTC', step: 2, seconds: 120,
    pixels: 2.5e6, gain: 1.5, learning_rate: [[60, 0.002], [120, 0.001]],
    gains: [{name: 'training patches, all qualities', points: [[60, 1], [120, 1.5]], markers: false},
      {name: 'held-back pictures, quality 20', points: [[120, 1.25]]}],
    validation: {seconds: 120, qualities: [{quality: 20, psnr: 1.25, psnr_b: 2, ssim: 0.075}]}};
  const drawn = draw(data);
  has(drawn, 'Training &#60;mine&#62;');
  has(drawn, 'Done 2026-01-01 12:00:00 UTC.');
  has(drawn, '<strong>+1.250 dB</strong>held-back pictures, quality 20');
  has(drawn, 'held-back pictures, quality 20: 2 minutes of training, 1.25 dB');
  has(drawn, '<strong>02:00</strong>of training, 2 steps, 2.5 megapixels');
  delete data.validation;
  data.gains.pop();
  data.seconds = 3 * 3600;
  data.state = 'running';
  const long = draw(data);
  lacks(long, 'held-back');
  has(long, 'hours of training');
  has(long, 'As of 2026');
  for (const part of ['NaN', 'null', 'undefined']) lacks(long, part);
});

test('a training for videos shows each kind of clip', () => {
  const points = [[60, 1], [120, 1.5]];
  const data = {kind: 'training', name: 'mine', state: 'done', time: '2026-01-01 12:00:00 UTC', step: 2, seconds: 120,
    pixels: 2.5e6, gain: 1.5, learning_rate: points, gains: [{name: 'training patches, all qualities', points}],
    kinds: {pan: 'moves <so>'},
    clips: {seconds: 120, first_counted: 3, gains: [{name: 'pan, quality 20', points}, {name: '<still>', points}],
      gains_before: [{name: 'pan, quality 20', points: [[120, 0.5]]}, {name: '<still>', points, dashed: true}],
      kinds: [{kind: 'pan', quality: 20, gain: 1.5, before: 0.5}, {kind: '<still>', quality: 20, gain: 1, before: -0.25}]}};
  const drawn = draw(data);
  has(drawn, '<strong>+0.125 dB</strong>by the frames before on held-back clips, mean of 2 kinds of motion');
  has(drawn, 'Gain over the JPEG on held-back clips');
  has(drawn, 'pan, quality 20: 2 minutes of training, 0.5 dB');
  has(drawn, 'Gain on held-back clips after 02:00');
  has(drawn, '<th scope="row">pan <span class="muted">moves &#60;so&#62;</span></th><td>20</td><td>+1.500</td>' +
    '<td><span class="better">+0.500</span></td>');
  has(drawn, '<td><span class="worse">-0.250</span></td>');
  for (const part of ['<still>', '<so>', 'NaN', 'null', 'undefined']) lacks(drawn, part);
});

test('videos: each motion and quality, and what gained most', () => {
  const clip = (name, kind, quality, gained) => ({clip: name, kind, quality, psnr_decoded: 27, psnr_single: 28,
    psnr_temporal: 28 + gained, first_psnr_single: 28, first_psnr_temporal: 27.95, worst_gain: gained - 0.2,
    gains: [-0.05, gained], followed: 0.98, standing: kind.startsWith('still') ? 1 : 0.1, flicker_decoded: 3,
    flicker_single: 2, flicker_temporal: 1});
  const clips = [clip('<one>', 'pan', 10, 0.9), clip('<one>', 'pan', 20, 1.1), clip('<one>', 'still, noise', 10, -0.1),
    clip('<one>', 'still, noise', 20, 0.2)];
  const parts = n => ({width: 12, height: 8, decoded: `iVBORw${n}a`, single: `iVBORw${n}b`, temporal: `iVBORw${n}c`,
    original: `iVBORw${n}d`});
  const data = {kind: 'sequences', name: '<model>', settings: [['Pictures', 'a "folder"']], first_counted: 3,
    mostly_standing: 0.5, change_shown: 8, kinds: {pan: 'moves <so>'}, clips, means: clips,
    examples: [{figures: clips[0], left: 6, top: 4, width: 24, height: 16, frame: 'iVBORwf', last: parts(0)},
      {figures: clips[2], left: 0, top: 0, width: 24, height: 16, frame: 'iVBORwg', last: parts(1), changes: parts(2)}]};
  const drawn = draw(data);
  has(drawn, 'Luma of 1 clip, in 2 kinds of motion;');
  has(drawn, '<strong>+1.52 dB</strong>over the decoded JPEG');
  has(drawn, '<strong>+0.52 dB</strong>of it by the frames before');
  has(drawn, '<strong>-66.7 %</strong>flicker of what stands still (still, noise, quality 10)');
  has(drawn, '<strong>-0.30 dB</strong>the worst frame, against it restored by itself: &#60;one&#62;, still, noise, ' +
    'quality 10');
  has(drawn, '<th scope="row">pan <span class="muted">moves &#60;so&#62;</span></th><td><span class="better">+0.90</span>');
  has(drawn, '<th scope="row">still, noise</th><td>10</td><td>27.00</td><td>28.00</td><td>27.90</td>');
  has(drawn, '<td>3.00</td><td>2.00</td><td>1.00</td>');
  has(drawn, '<td>–</td><td>–</td><td>–</td>');  // What moves does not flicker.
  has(drawn, 'left:25.00%;top:25.00%;width:50.00%;height:50.00%');
  for (const part of ['a', 'b', 'c', 'd'].flatMap(way => ['iVBORw0' + way, 'iVBORw1' + way, 'iVBORw2' + way])) has(drawn, part);
  for (const part of ['iVBORwf', 'iVBORwg', 'a &#34;folder&#34;', '8 times as much']) has(drawn, part);
  assert.ok(drawn.indexOf('iVBORwf') < drawn.indexOf('iVBORwg'), 'what gained most comes first');
  for (const part of ['<one>', '<model>', '<so>', 'NaN', 'undefined', 'null']) lacks(drawn, part);
  // One clip of the user's that moves, with no cut-outs.
  const own = draw({...data, kinds: {}, clips: [clip('mine.y4m', 'clip', 10, 0.5)], means: [clip('mine.y4m', 'clip', 10, 0.5)],
    examples: []});
  lacks(own, 'kinds of motion');
  lacks(own, 'flicker of what');
  lacks(own, 'Gained most');
  for (const part of ['NaN', 'undefined', 'null']) lacks(own, part);
});
