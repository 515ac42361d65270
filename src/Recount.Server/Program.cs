using Recount.Server.Commands;

return await CommandLine.RunAsync(args);
