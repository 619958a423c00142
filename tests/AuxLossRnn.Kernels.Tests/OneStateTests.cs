using System.Numerics;

namespace AuxLossRnn.Kernels.Tests;

/// <summary>The kernel's GRU and rectified linear units: forward against plain loops, backward against differences of those.</summary>
public sealed unsafe class OneStateTests
{
    private const int Steps = 2, Inputs = 3, Rows = 3;
    private const double Difference = 1e-5;

    public static TheoryData<RecurrentKind, int> Cases => new MatrixTheoryData<RecurrentKind, int>([RecurrentKind.Gru, RecurrentKind.Relu], [5, 16, 17]);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Results_and_gradients_are_those_of_plain_loops(RecurrentKind kind, int hidden)
    {
        int blocks = kind == RecurrentKind.Gru ? 3 : 1, products = kind == RecurrentKind.Gru ? 4 : 1;
        var random = new Random(hidden);
        Dictionary<string, double[]> numbers = new()
        {
            ["x"] = Numbers.Draw(random, Steps * Rows * Inputs),
            ["h"] = Numbers.Draw(random, Rows * hidden),
            ["W_x"] = Numbers.Draw(random, blocks * hidden * Inputs),
            ["W_h"] = Numbers.Draw(random, blocks * hidden * hidden, 1 / Math.Sqrt(hidden)),
            ["b"] = Numbers.Draw(random, products * hidden),
        };
        double[] weights = Numbers.Draw(random, Steps * Rows * hidden);
        Dictionary<string, double[]> actual = Kit<double>(kind, hidden, numbers, weights);

        Numbers.AssertClose(new() { ["outputs"] = Plain(kind, hidden, numbers) }, new Dictionary<string, double[]>() { ["outputs"] = actual["outputs"] }, 1e-14);
        foreach ((string name, double[] values) in numbers)
        {
            double[] expected = new double[values.Length];
            for (int i = 0; i < values.Length; i++)
            {
                double value = values[i];
                values[i] = value + Difference;
                double above = Loss(Plain(kind, hidden, numbers), weights);
                values[i] = value - Difference;
                double below = Loss(Plain(kind, hidden, numbers), weights);
                values[i] = value;
                expected[i] = (above - below) / (2 * Difference);
            }

            Numbers.AssertClose(new() { [name] = expected }, new Dictionary<string, double[]>() { [name] = actual["d " + name] }, 1e-7);
        }

        Numbers.AssertClose(actual, Kit<float>(kind, hidden, numbers, weights), 3e-6);
    }

    private static double Loss(double[] outputs, double[] weights) => outputs.Zip(weights, (output, weight) => output * weight).Sum();

    private static double[] Plain(RecurrentKind kind, int hidden, Dictionary<string, double[]> numbers)
    {
        var outputs = new double[Steps * Rows * hidden];
        for (int t = 0; t < Steps; t++)
        {
            for (int row = 0; row < Rows; row++)
            {
                double[] before = t == 0 ? numbers["h"][(row * hidden)..((row + 1) * hidden)] : outputs[((t - 1) * Rows * hidden + row * hidden)..][..hidden];
                for (int unit = 0; unit < hidden; unit++)
                {
                    double OfInput(int block) => Enumerable.Range(0, Inputs).Sum(
                        i => numbers["W_x"][(block * hidden + unit) * Inputs + i] * numbers["x"][(t * Rows + row) * Inputs + i]);
                    double OfHidden(int block) => Enumerable.Range(0, hidden).Sum(j => numbers["W_h"][(block * hidden + unit) * hidden + j] * before[j]);
                    double Bias(int product) => numbers["b"][product * hidden + unit];
                    double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));
                    double next;
                    if (kind == RecurrentKind.Relu)
                    {
                        next = Math.Max(0, OfInput(0) + OfHidden(0) + Bias(0));
                    }
                    else
                    {
                        double r = Sigmoid(OfInput(0) + OfHidden(0) + Bias(0)), z = Sigmoid(OfInput(1) + OfHidden(1) + Bias(1));
                        double n = Math.Tanh(OfInput(2) + Bias(2) + r * (OfHidden(2) + Bias(3)));
                        next = (1 - z) * n + z * before[unit];
                    }

                    outputs[(t * Rows + row) * hidden + unit] = next;
                }
            }
        }

        return outputs;
    }

    private static Dictionary<string, T[]> Kit<T>(RecurrentKind kind, int hidden, Dictionary<string, double[]> numbers, double[] weights)
        where T : unmanaged, INumber<T> => Lanes.HasAvx512
            ? Kit<T, Register512<T>>(kind, hidden, numbers, weights)
            : Kit<T, NarrowRegister<T>>(kind, hidden, numbers, weights);

    private static Dictionary<string, T[]> Kit<T, TRegister>(RecurrentKind kind, int hidden, Dictionary<string, double[]> numbers, double[] weights)
        where T : unmanaged, INumber<T>
        where TRegister : struct, IRegister<TRegister, T> => kind == RecurrentKind.Gru
            ? Compute<T, GruCell<T, TRegister>>(hidden, numbers, weights)
            : Compute<T, ReluCell<T, TRegister>>(hidden, numbers, weights);

    private static Dictionary<string, T[]> Compute<T, TCell>(int hidden, Dictionary<string, double[]> numbers, double[] weights)
        where T : unmanaged, INumber<T>
        where TCell : ICell<T>
    {
        T[] x = Numbers.Pinned<T>(numbers["x"]), h = Numbers.Pinned<T>(numbers["h"]), last = Numbers.Zeros<T>(numbers["h"]);
        T[] inputWeights = Numbers.Pinned<T>(numbers["W_x"]), hiddenWeights = Numbers.Pinned<T>(numbers["W_h"]), bias = Numbers.Pinned<T>(numbers["b"]);
        T[] outputs = Numbers.Zeros<T>(weights), dOutputs = Numbers.Pinned<T>(weights);
        T[] dx = Numbers.Zeros<T>(numbers["x"]), dh = Numbers.Zeros<T>(numbers["h"]);
        T[] dInputWeights = Numbers.Zeros<T>(numbers["W_x"]), dHiddenWeights = Numbers.Zeros<T>(numbers["W_h"]), dBias = Numbers.Zeros<T>(numbers["b"]);
        using var operands = new RecurrentOperands<T, Tile<T>, TCell>(
            Inputs, hidden, Numbers.Address(inputWeights), Numbers.Address(hiddenWeights), Numbers.Address(bias));
        using var slice = new RecurrentSlice<T, Tile<T>, TCell>(operands, Steps, Rows, 0, Rows, records: true);
        slice.Forward(Numbers.Address(x), Numbers.Address(h), null, Numbers.Address(outputs), Numbers.Address(last), null);
        Assert.Equal(outputs[^last.Length..], last);
        operands.PackBackward(inputs: true);
        using var sums = new GradientSums<T>(operands.InputRows, operands.HiddenRows, operands.Products);
        slice.Backward(Numbers.Address(x), Numbers.Address(dOutputs), Numbers.Address(dh), null, Numbers.Address(dx), sums);
        operands.InputMap.AddTo(Numbers.Address(dInputWeights), sums.Input.Pointer, operands.InputRows);
        operands.HiddenMap.AddTo(Numbers.Address(dHiddenWeights), sums.Hidden.Pointer, operands.HiddenRows);
        operands.BiasMap.AddTo(Numbers.Address(dBias), sums.Bias.Pointer, 1);
        GC.KeepAlive((x, h, inputWeights, hiddenWeights, bias, dOutputs)); // an address keeps nothing alive
        return new()
        {
            ["outputs"] = outputs,
            ["d x"] = dx,
            ["d h"] = dh,
            ["d W_x"] = dInputWeights,
            ["d W_h"] = dHiddenWeights,
            ["d b"] = dBias,
        };
    }
}
