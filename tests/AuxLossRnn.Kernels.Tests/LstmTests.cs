using System.Numerics;

namespace AuxLossRnn.Kernels.Tests;

/// <summary>The LSTM kernel against plain loops, forward and backward.</summary>
public sealed unsafe class LstmTests
{
    private const double InDouble = 1e-14, InSingle = 3e-6;

    /// <summary>Hidden sizes below, at and above a register; inputs that are few and not; rows below and above a tile.</summary>
    public static TheoryData<int, int, int> Shapes => new MatrixTheoryData<int, int, int>([5, 16, 17, 64], [1, 3, 7], [1, 5, 13]);

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Results_and_gradients_are_those_of_plain_loops(int hidden, int inputs, int rows)
    {
        var lstm = new ScalarLstm(inputs, hidden, rows, steps: 4);
        Dictionary<string, double[]> expected = lstm.Results();

        Numbers.AssertClose(expected, Compute<double>(lstm, slices: 1), InDouble);
        Numbers.AssertClose(expected, Compute<float>(lstm, slices: 1), InSingle);
    }

    /// <summary>Weight gradients are summed over 256 rows and steps at a time: whole blocks, and a last one that is short.</summary>
    [Theory]
    [InlineData(1, 43)]
    [InlineData(13, 40)]
    [InlineData(70, 9)]
    public void They_are_over_several_blocks_of_steps_and_in_slices(int rows, int steps)
    {
        var lstm = new ScalarLstm(inputs: 7, hidden: 17, rows, steps);
        Dictionary<string, double[]> expected = lstm.Results();

        Numbers.AssertClose(expected, Compute<double>(lstm, slices: 1), InDouble);
        Numbers.AssertClose(expected, Compute<double>(lstm, slices: 3), InDouble);
        Numbers.AssertClose(expected, Compute<float>(lstm, slices: 3), InSingle);
    }

    [Fact]
    public void Without_a_record_results_are_the_same()
    {
        var lstm = new ScalarLstm(inputs: 3, hidden: 33, rows: 7, steps: 5);
        Dictionary<string, float[]> recorded = Compute<float>(lstm, slices: 1), results = Compute<float>(lstm, slices: 1, records: false);

        Assert.Equal(["cell", "hidden", "outputs"], results.Keys.Order());
        Assert.All(results, result => Assert.Equal(recorded[result.Key], result.Value));
    }

    private static Dictionary<string, T[]> Compute<T>(ScalarLstm lstm, int slices, bool records = true)
        where T : unmanaged, INumber<T> => Lanes.HasAvx512
            ? Compute<T, LstmCell<T, Register512<T>>>(lstm, slices, records)
            : Compute<T, LstmCell<T, NarrowRegister<T>>>(lstm, slices, records);

    private static Dictionary<string, T[]> Compute<T, TCell>(ScalarLstm lstm, int slices, bool records)
        where T : unmanaged, INumber<T>
        where TCell : ICell<T>
    {
        T[] inputWeights = Numbers.Pinned<T>(lstm.InputWeights), hiddenWeights = Numbers.Pinned<T>(lstm.HiddenWeights);
        T[] bias = Numbers.Pinned<T>(lstm.Bias), inputs = Numbers.Pinned<T>(lstm.X);
        T[] firstHidden = Numbers.Pinned<T>(lstm.FirstHidden), firstCell = Numbers.Pinned<T>(lstm.FirstCell);
        T[] outputs = Numbers.Zeros<T>(lstm.OutputsGradient), hidden = Numbers.Zeros<T>(lstm.FirstHidden), cell = Numbers.Zeros<T>(lstm.FirstCell);
        using var weights = new RecurrentOperands<T, Tile<T>, TCell>(
            lstm.Inputs, lstm.Hidden, Numbers.Address(inputWeights), Numbers.Address(hiddenWeights), Numbers.Address(bias));
        RecurrentSlice<T, Tile<T>, TCell>[] parts = [.. Numbers.Divide(lstm.Rows, slices, Tile<T>.RowUnit).Select(part =>
            new RecurrentSlice<T, Tile<T>, TCell>(weights, lstm.Steps, lstm.Rows, part.First, part.Count, records))];
        Slices.Run(parts.Length, i => parts[i].Forward(
            Numbers.Address(inputs), Numbers.Address(firstHidden), Numbers.Address(firstCell), Numbers.Address(outputs),
            Numbers.Address(hidden), Numbers.Address(cell)));
        var results = new Dictionary<string, T[]>
        {
            ["outputs"] = outputs,
            ["hidden"] = hidden,
            ["cell"] = cell,
        };
        if (records)
        {
            Differentiate(lstm, weights, parts, inputs, results);
        }

        foreach (RecurrentSlice<T, Tile<T>, TCell> part in parts)
        {
            part.Dispose();
        }

        GC.KeepAlive((inputWeights, hiddenWeights, bias, firstHidden, firstCell));
        return results;
    }

    private static void Differentiate<T, TCell>(
        ScalarLstm lstm, RecurrentOperands<T, Tile<T>, TCell> weights, RecurrentSlice<T, Tile<T>, TCell>[] parts, T[] inputs, Dictionary<string, T[]> results)
        where T : unmanaged, INumber<T>
        where TCell : ICell<T>
    {
        T[] dOutputs = Numbers.Pinned<T>(lstm.OutputsGradient);
        T[] dHidden = Numbers.Pinned<T>(lstm.HiddenGradient), dCell = Numbers.Pinned<T>(lstm.CellGradient);
        T[] dInputs = Numbers.Zeros<T>(lstm.X), dInputWeights = Numbers.Zeros<T>(lstm.InputWeights), dHiddenWeights = Numbers.Zeros<T>(lstm.HiddenWeights), dBias = Numbers.Zeros<T>(lstm.Bias);
        GradientSums<T>[] sums = [.. parts.Select(_ => new GradientSums<T>(weights.InputRows, weights.HiddenRows, weights.Products))];
        weights.PackBackward(inputs: true);
        Slices.Run(parts.Length, i => parts[i].Backward(
            Numbers.Address(inputs), Numbers.Address(dOutputs), Numbers.Address(dHidden), Numbers.Address(dCell), Numbers.Address(dInputs), sums[i]));
        foreach (GradientSums<T> sum in sums)
        {
            weights.InputMap.AddTo(Numbers.Address(dInputWeights), sum.Input.Pointer, weights.InputRows);
            weights.HiddenMap.AddTo(Numbers.Address(dHiddenWeights), sum.Hidden.Pointer, weights.HiddenRows);
            weights.BiasMap.AddTo(Numbers.Address(dBias), sum.Bias.Pointer, 1);
            sum.Dispose();
        }

        results["d inputs"] = dInputs;
        results["d hidden"] = dHidden;
        results["d cell"] = dCell;
        results["d input weights"] = dInputWeights;
        results["d hidden weights"] = dHiddenWeights;
        results["d bias"] = dBias;
    }
}
