/** The place of AI click: no model is installed yet, so a click only picks one of the suggestions (see panels/suggestions). */
import { Tool } from './tool.js';

export class AiTool extends Tool {
  /** @override */
  name = 'ai';
  /** @override */
  cursor = 'crosshair';
}
