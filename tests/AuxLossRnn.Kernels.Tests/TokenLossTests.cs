using System.Numerics;

namespace AuxLossRnn.Kernels.Tests;

/// <summary>The token loss kernel against plain loops.</summary>
public sealed unsafe class TokenLossTests
{
    private const double InDouble = 1e-14, InSingle = 3e-6;

    /// <summary>Zero levels stand for squared error; the others take a register or several, whole ones and not.</summary>
    public static TheoryData<int, int, bool> Shapes => new MatrixTheoryData<int, int, bool>([0, 2, 16, 33], [1, 3], [true, false]);

    /// <summary>Blocks are of 60 tokens, tiles of 6.</summary>
    [Theory]
    [MemberData(nameof(Shapes))]
    public void The_loss_and_its_gradients_are_those_of_plain_loops(int levels, int features, bool relu)
    {
        foreach ((int count, int inputs, int hidden) in new[] { (1, 16, 5), (13, 3, 17), (61, 7, 70) })
        {
            var loss = new ScalarTokenLoss(new TokenLossShape(inputs, hidden, features, levels, relu), count);
            Dictionary<string, double[]> expected = loss.Results();

            Numbers.AssertClose(expected, Compute<double>(loss, slices: 1), InDouble);
            Numbers.AssertClose(expected, Compute<double>(loss, slices: 3), InDouble);
            Numbers.AssertClose(expected, Compute<float>(loss, slices: 1), InSingle);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    public void Without_gradients_the_loss_is_the_same(int levels)
    {
        var loss = new ScalarTokenLoss(new TokenLossShape(7, 17, 1, levels, Relu: true), 61);
        Dictionary<string, float[]> result = Compute<float>(loss, slices: 1, gradients: false);

        Assert.Equal(["loss"], result.Keys);
        Assert.Equal(Compute<float>(loss, slices: 1)["loss"], result["loss"]);
    }

    /// <summary>What is not a number is not lost on the way through an activation or the largest of the logits.</summary>
    [Theory]
    [MemberData(nameof(Shapes))]
    public void What_is_not_a_number_reaches_the_loss(int levels, int features, bool relu)
    {
        foreach (Func<ScalarTokenLoss, double[]> of in new Func<ScalarTokenLoss, double[]>[] { loss => loss.X, loss => loss.FirstWeights, loss => loss.SecondBias })
        {
            var loss = new ScalarTokenLoss(new TokenLossShape(3, 17, features, levels, relu), 7);
            of(loss)[^1] = double.NaN;

            Assert.True(double.IsNaN(Compute<double>(loss, slices: 1)["loss"][0]));
            Assert.True(float.IsNaN(Compute<float>(loss, slices: 1)["loss"][0]));
        }
    }

    private static Dictionary<string, T[]> Compute<T>(ScalarTokenLoss loss, int slices, bool gradients = true)
        where T : unmanaged, INumber<T> => Lanes.HasAvx512
            ? Compute<T, Register512<T>>(loss, slices, gradients)
            : Compute<T, NarrowRegister<T>>(loss, slices, gradients);

    private static Dictionary<string, T[]> Compute<T, TRegister>(ScalarTokenLoss loss, int slices, bool gradients)
        where T : unmanaged, INumber<T>
        where TRegister : struct, IRegister<TRegister, T>
    {
        T[] x = Numbers.Pinned<T>(loss.X), values = Numbers.Pinned<T>(loss.Values);
        T[] w1 = Numbers.Pinned<T>(loss.FirstWeights), b1 = Numbers.Pinned<T>(loss.FirstBias);
        T[] w2 = Numbers.Pinned<T>(loss.SecondWeights), b2 = Numbers.Pinned<T>(loss.SecondBias);
        T[] dx = Numbers.Zeros<T>(loss.X), dw1 = Numbers.Zeros<T>(loss.FirstWeights), db1 = Numbers.Zeros<T>(loss.FirstBias);
        T[] dw2 = Numbers.Zeros<T>(loss.SecondWeights), db2 = Numbers.Zeros<T>(loss.SecondBias);
        byte[] tokens = GC.AllocateArray<byte>(loss.Tokens.Length, pinned: true);
        loss.Tokens.CopyTo(tokens, 0);
        using var weights = new TokenLossOperands<T, Tile<T>>(
            loss.Shape, Numbers.Address(w1), Numbers.Address(b1), Numbers.Address(w2), Numbers.Address(b2), gradients);
        (int First, int Count)[] parts = Numbers.Divide(loss.Count, slices, Tile<T>.RowUnit);
        TokenLossSlice<T, Tile<T>, TRegister>[] works = [.. parts.Select(_ => new TokenLossSlice<T, Tile<T>, TRegister>(weights))];
        T* dInputs = gradients ? Numbers.Address(dx) : null;
        Slices.Run(parts.Length, i => works[i].Run(
            Numbers.Address(x), Numbers.Address(values), Numbers.Address(tokens), dInputs, parts[i].First, parts[i].Count));
        GC.KeepAlive((w1, b1, w2, b2));
        double sum = 0;
        foreach (TokenLossSlice<T, Tile<T>, TRegister> work in works)
        {
            sum += work.Loss;
            if (gradients)
            {
                weights.FirstMap.AddTo(Numbers.Address(dw1), work.FirstSums.Pointer, Panels.PaddedRows<T, Tile<T>>(weights.PaddedInputs));
                weights.FirstBiasMap.AddTo(Numbers.Address(db1), work.FirstBiasSums.Pointer, 1);
                work.AddSecondTo(Numbers.Address(dw2), Numbers.Address(db2));
            }

            work.Dispose();
        }

        var results = new Dictionary<string, T[]> { ["loss"] = [T.CreateChecked(sum)] };
        if (gradients)
        {
            results["d x"] = dx;
            results["d first weights"] = dw1;
            results["d first bias"] = db1;
            results["d second weights"] = dw2;
            results["d second bias"] = db2;
        }

        return results;
    }
}
