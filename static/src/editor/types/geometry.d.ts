/** Geometry of labels: image pixels, float, origin top-left, never rounded. No code lives here. */

export type Point = [number, number];
/** Unclosed: the last point is not the first again. */
export type Ring = Point[];
/** First ring outer, the others holes (even-odd). */
export type Part = Ring[];
/** [x0, y0, x1, y1] with x1 >= x0 and y1 >= y0. */
export type Box = [number, number, number, number];
export type ShapeKind = 'box' | 'polygon' | 'rotated_box' | 'ellipse' | 'polyline' | 'mask' | 'keypoints';

export interface Keypoint {
  id: string;
  keypoint_class: string;
  x: number;
  y: number;
  visible: boolean | number | null;
  order: number;
}
