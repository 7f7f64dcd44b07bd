/** Polylines: stored as the way along the line and back, so that everything reads them as a polygon without area. Pure. */

/**
 * @import {Part, Point, Ring} from '../types/geometry'
 * @import {EdgeRef, VertexRef} from './poly.js'
 */

/** The points of the line. @param {readonly Part[]} points @returns {Ring} */
export function lineOf(points) {
  const [[ring]] = points;
  return ring.slice(0, (ring.length + 1) / 2);
}

/** @param {readonly Point[]} line @returns {Part[]} */
export function thereAndBack(line) {
  return [[[...line, ...line.slice(0, -1).reverse()]]];
}

/** @param {readonly Point[]} line image pixels */
export function lengthOf(line) {
  return line.reduce((sum, [x, y], i) => (i ? sum + Math.hypot(x - line[i - 1][0], y - line[i - 1][1]) : 0), 0);
}

/** @param {Part[]} points @param {EdgeRef} at @param {number} x @param {number} y @returns {Part[]} */
export function insertVertex(points, { edge }, x, y) {
  return thereAndBack(lineOf(points).toSpliced(edge + 1, 0, [x, y]));
}

/** @param {Part[]} points @param {VertexRef} at @param {number} x @param {number} y @returns {Part[]} */
export function moveVertex(points, { vertex }, x, y) {
  return thereAndBack(lineOf(points).with(vertex, [x, y]));
}

/** null when fewer than two points would be left. @param {Part[]} points @param {VertexRef} at @returns {Part[] | null} */
export function deleteVertex(points, { vertex }) {
  const line = lineOf(points);
  return line.length > 2 ? thereAndBack(line.toSpliced(vertex, 1)) : null;
}
