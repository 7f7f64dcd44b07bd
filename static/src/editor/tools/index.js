/** The tools by name, for the stage. */
import { AiTool } from './ai.js';
import { BoxTool } from './box.js';
import { ContourTool } from './contour.js';
import { EllipseTool } from './ellipse.js';
import { ExtremeBoxTool } from './extreme-box.js';
import { BrushTool, EraserTool } from './masks/brush.js';
import { FillTool } from './masks/fill.js';
import { GrabCutTool } from './masks/grabcut.js';
import { WandTool } from './masks/wand.js';
import { PanTool } from './pan.js';
import { PolygonTool } from './polygon.js';
import { PolylineTool } from './polyline.js';
import { RotatedBoxTool } from './rotated-box.js';
import { IssueTool } from './issue.js';
import { MeasureTool } from './measure.js';
import { SelectTool } from './select.js';
import { SimplifyTool } from './simplify.js';
import { KeypointTool } from './skeletons/keypoint.js';
import { SkeletonTool } from './skeletons/skeleton.js';
import { SliceTool } from './slice.js';
import { ScissorsTool } from './tracing/scissors.js';

/** @import {Tool, ToolContext} from './tool.js' */

/** @param {ToolContext} context @returns {Map<string, Tool>} */
export function createTools(context) {
  const tools = [
    new SelectTool(context), new PanTool(context), new BoxTool(context), new ExtremeBoxTool(context), new PolygonTool(context),
    new RotatedBoxTool(context), new PolylineTool(context), new EllipseTool(context),
    new BrushTool(context), new EraserTool(context), new FillTool(context), new WandTool(context),
    new GrabCutTool(context), new ScissorsTool(context),
    new SkeletonTool(context), new KeypointTool(context), new MeasureTool(context), new IssueTool(context), new AiTool(context),
    new SliceTool(context), new ContourTool(context), new SimplifyTool(context),
  ];
  return new Map(tools.map((tool) => [tool.name, tool]));
}
