using AuxLossRnn.Data;
using AuxLossRnn.Runtime;
using AuxLossRnn.Training;
using Mono.Cecil;
using static TorchSharp.torch;

namespace AuxLossRnn.Tests.Runtime;

/// <summary>Numbers outlive the call that reads them, whatever other threads collect meanwhile.</summary>
public sealed class HeldNumbersTests
{
    private const string Implicit = "op_Implicit";

    [Fact]
    public void Numbers_are_held_while_another_thread_collects()
    {
        using Tensor all = ones(4, requires_grad: true); // [4]: with a graph a number is read late
        using var stop = new CancellationTokenSource();
        var collects = new Thread(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                GC.Collect(0);
                GC.WaitForPendingFinalizers();
            }
        });
        collects.Start();
        try
        {
            for (int i = 0; i < 10_000; i++)
            {
                using var scope = NewDisposeScope();
                Assert.Equal(7, all.Plus(all).Times(3).Plus(1).Over(1)[0].item<float>());
            }
        }
        finally
        {
            stop.Cancel();
            collects.Join();
        }
    }

    [Theory]
    [InlineData(typeof(Trainer))]
    [InlineData(typeof(OwnSequences))]
    public void The_library_computes_with_no_number_that_nothing_holds(Type within)
    {
        // Methods of TorchSharp that make a scalar themselves, or of which a number has to be made.
        using var torchSharp = AssemblyDefinition.ReadAssembly(typeof(Tensor).Assembly.Location);
        HashSet<string> makes = [.. torchSharp.MainModule.GetTypes().SelectMany(type => type.Methods)
            .Where(method => Calls(method).Any(IsNumber)).Select(method => method.FullName)];
        makes.UnionWith([.. torchSharp.MainModule.GetTypes().SelectMany(type => type.Methods)
            .Where(method => method.Name.StartsWith("op_", StringComparison.Ordinal) && Calls(method).Any(call => makes.Contains(call.FullName))).Select(method => method.FullName)]);
        Assert.Contains(makes, name => name.Contains("op_Addition(TorchSharp.torch/Tensor,TorchSharp.torch/Tensor)", StringComparison.Ordinal));

        using var library = AssemblyDefinition.ReadAssembly(within.Assembly.Location);
        string[] found = [.. from type in library.MainModule.GetTypes()
                             where type.Name != nameof(HeldNumbers)
                             from method in type.Methods
                             let calls = Calls(method).ToArray()
                             where calls.Any(call => makes.Contains(call.FullName)) || calls.Count(IsNumber) > calls.Count(call => call.Name == nameof(HeldNumbers.With))
                             select $"{type.Name}.{method.Name}"];
        Assert.True(found.Length == 0, $"These compute with numbers that nothing holds, and not with {nameof(HeldNumbers)}: {string.Join(", ", found)}");
    }

    private static bool IsNumber(MethodReference call) => call.Name == Implicit && call.DeclaringType.Name == nameof(TorchSharp.Scalar);

    private static IEnumerable<MethodReference> Calls(MethodDefinition method) =>
        method.HasBody ? method.Body.Instructions.Select(one => one.Operand).OfType<MethodReference>() : [];
}
