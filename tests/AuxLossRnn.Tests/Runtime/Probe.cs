using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json;
using AuxLossRnn.Runtime;
using AuxLossRnn.Runtime.Native;

namespace AuxLossRnn.Tests.Runtime;

/// <summary>What a fresh process finds: the test program itself, started again with a variable set.</summary>
/// <remarks>Native loading happens once a process, and the environment counts only before it.</remarks>
internal sealed record Probe(
    NativeLoadReport Report, string? NativeSpinCount, string Waiting, int ThreadsByDefault)
{
    private const string Variable = "AUXLOSSRNN_TEST_PROBE";

#pragma warning disable CA2255 // The child must answer before the test runner starts.
    [ModuleInitializer]
    internal static void AnswerIfAsked()
#pragma warning restore CA2255
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 })
        {
            return;
        }

        string? spinCount = OperatingSystem.IsLinux() ? Marshal.PtrToStringUTF8(NativeVariable([.. "GOMP_SPINCOUNT\0"u8])) : null;
        int threads = TorchThreads.Use();
        var answer = new Probe(NativeLibraries.Report, spinCount, OpenMp.Waiting, threads);
        Console.Out.Write(JsonSerializer.Serialize(answer));
        Console.Out.Flush();
        Environment.Exit(0);
    }

    /// <summary>Starts the child with these variables and none of the caller's that matter here.</summary>
    internal static Probe Ask(TemporaryFolder folder, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(ChildProcess.Beside("AuxLossRnn.Tests"));
        foreach (string name in new[] { "GOMP_SPINCOUNT", "OMP_WAIT_POLICY", "XDG_CACHE_HOME" })
        {
            start.Environment.Remove(name);
        }

        start.Environment[Variable] = folder.Path;
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var child = new ChildProcess(start);
        return JsonSerializer.Deserialize<Probe>(child.Wait().ShouldExitWith(0).Output)!;
    }

    /// <summary>What native code sees, which .NET's own copy of the environment does not show.</summary>
    [DllImport("libc", EntryPoint = "getenv")]
    private static extern nint NativeVariable(byte[] name);
}
