/** Tabler icons that pages use, by their Tabler names; `<Icon Name="…" />` draws one of them. */
export const icons = [
  'activity-heartbeat', 'alert-triangle', 'apps', 'arrow-left', 'arrow-right', 'brightness', 'check', 'chevron-down',
  'chevron-right', 'circle-check', 'circle-x', 'clipboard', 'clock', 'code', 'database-off', 'device-desktop',
  'help-circle', 'history', 'key', 'lock', 'logout', 'moon', 'player-pause', 'player-play', 'plus', 'refresh', 'search',
  'settings', 'shield-lock', 'sun', 'ticket', 'user', 'video',
];
