using System.Runtime.Intrinsics;

namespace AuxLossRnn.Kernels.Tests;

/// <summary>The elementwise functions against the runtime's in double.</summary>
public sealed class LanesTests
{
    // Four units in the last place of a float32 that lies just above a power of two.
    private const double Tolerance = 1.0 / (1 << 22);

    public enum Function
    {
        Exp,
        Sigmoid,
        Tanh,
    }

    public static TheoryData<Function> Functions => [.. Enum.GetValues<Function>()];

    /// <summary>400,001 numbers from −20 to 20, and numbers of every size near zero.</summary>
    [Theory]
    [MemberData(nameof(Functions))]
    public void Float32_is_within_four_units_in_the_last_place(Function function)
    {
        IEnumerable<float> even = Enumerable.Range(-200_000, 400_001).Select(i => i * 1e-4f);
        IEnumerable<float> small = Enumerable.Range(0, 4_000).Select(i => MathF.Pow(2, -i / 32f)).Where(x => x > 1e-35f);
        double worst = 0;
        foreach (float[] chunk in even.Concat(small).Concat(small.Select(x => -x)).Chunk(16))
        {
            float[] values = Apply(function, chunk);
            for (int i = 0; i < chunk.Length; i++)
            {
                double exact = Exact(function, chunk[i]);
                worst = Math.Max(worst, exact == 0 ? Math.Abs(values[i]) : Math.Abs(values[i] - exact) / Math.Abs(exact));
            }
        }

        Assert.InRange(worst, 0, Tolerance);
    }

    [Theory]
    [MemberData(nameof(Functions))]
    public void Float64_is_the_runtimes(Function function)
    {
        double[] numbers = [-800, -20, -1, -1e-9, 0, 1e-300, 0.5, 30];
        double[] values = Apply(function, numbers);

        Assert.All(numbers.Zip(values), pair => Assert.InRange(
            Math.Abs(pair.Second - Exact(function, pair.First)), 0, 1e-15 * Math.Max(1, Exact(function, pair.First))));
    }

    [Fact]
    public void Large_numbers_saturate()
    {
        foreach (float x in new[] { 100, 1e4f, float.MaxValue, float.PositiveInfinity })
        {
            Assert.Equal(1, Apply(Function.Tanh, [x])[0]);
            Assert.Equal(-1, Apply(Function.Tanh, [-x])[0]);
            Assert.Equal(1, Apply(Function.Sigmoid, [x])[0]);
            Assert.InRange(Apply(Function.Sigmoid, [-x])[0], 0, 1e-37f);
            Assert.InRange(Apply(Function.Exp, [-x])[0], 0, 1e-37f);
            Assert.True(Apply(Function.Exp, [x])[0] is > 1e38f and < float.PositiveInfinity);
        }
    }

    [Theory]
    [MemberData(nameof(Functions))]
    public void What_is_not_a_number_stays_none(Function function)
    {
        Assert.All(Apply(function, [float.NaN, -float.NaN, BitConverter.UInt32BitsToSingle(0x7F800001)]), value => Assert.True(float.IsNaN(value)));
        Assert.All(Apply(function, [double.NaN, -double.NaN]), value => Assert.True(double.IsNaN(value)));
    }

    [Fact]
    public void The_largest_lane_is_none_where_one_is_not_a_number()
    {
        Assert.Equal(7, Lanes.Largest(Vector512.CreateSequence(-8f, 1f)));
        Assert.True(float.IsNaN(Lanes.Largest(Vector512.CreateSequence(0f, 1f).WithElement(3, float.NaN))));
    }

    private static T[] Apply<T>(Function function, T[] numbers)
        where T : unmanaged
    {
        var lanes = new T[Vector512<T>.Count];
        numbers.CopyTo(lanes, 0);
        Vector512<T> x = Vector512.Create(lanes);
        Vector512<T> y = function switch
        {
            Function.Exp => Lanes.Exp(x),
            Function.Sigmoid => Lanes.Sigmoid(x),
            _ => Lanes.Tanh(x),
        };
        y.CopyTo(lanes);
        return lanes[..numbers.Length];
    }

    private static double Exact(Function function, double x) => function switch
    {
        Function.Exp => Math.Exp(x),
        Function.Sigmoid => 1 / (1 + Math.Exp(-x)),
        _ => Math.Tanh(x),
    };
}
