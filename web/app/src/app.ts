import { startCopyButtons } from './copy';
import { startJumps } from './jumps';
import { startThemeSwitch } from './switch';
import { startTimes } from './times';

startThemeSwitch();
startTimes();
startCopyButtons();
startJumps();
