using AuxLossRnn.Tests.Plugins;

namespace AuxLossRnn.Tests;

/// <summary>The tests; or, asked by one of them, a run of its own that can be killed.</summary>
internal static class Program
{
    public static int Main(string[] args) => args switch
    {
        [StrangerRun.Argument, string folder] => StrangerRun.Train(folder),
        _ when args.Any(arg => arg is "-automated" or "@@") => Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args).GetAwaiter().GetResult(),
        _ => Xunit.MicrosoftTestingPlatform.TestPlatformTestFramework
            .RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions).GetAwaiter().GetResult(),
    };
}
