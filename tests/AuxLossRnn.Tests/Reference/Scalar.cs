namespace AuxLossRnn.Tests.Reference;

/// <summary>One number of a computation, with the numbers it came from and the slopes towards them.</summary>
internal sealed class Scalar(
    Tape tape, double value, Scalar? left = null, double leftSlope = 0, Scalar? right = null, double rightSlope = 0)
{
    public double Value => value;

    public double Gradient { get; set; }

    public static Scalar operator +(Scalar a, Scalar b) => a.Record(a.Value + b.Value, 1, b, 1);

    public static Scalar operator +(Scalar a, double b) => a.Record(a.Value + b, 1);

    public static Scalar operator -(Scalar a, double b) => a.Record(a.Value - b, 1);

    public static Scalar operator -(Scalar a, Scalar b) => a.Record(a.Value - b.Value, 1, b, -1);

    public static Scalar operator *(Scalar a, Scalar b) => a.Record(a.Value * b.Value, b.Value, b, a.Value);

    public static Scalar operator *(Scalar a, double b) => a.Record(a.Value * b, b);

    public static Scalar operator /(Scalar a, Scalar b) => a.Record(a.Value / b.Value, 1 / b.Value, b, -a.Value / (b.Value * b.Value));

    public Scalar Sigmoid()
    {
        double result = 1 / (1 + Math.Exp(-value));
        return Record(result, result * (1 - result));
    }

    public Scalar Tanh()
    {
        double result = Math.Tanh(value);
        return Record(result, 1 - result * result);
    }

    public Scalar Relu() => value > 0 ? Record(value, 1) : Record(0, 0);

    public Scalar Exp()
    {
        double result = Math.Exp(value);
        return Record(result, result);
    }

    public Scalar Sqrt()
    {
        double result = Math.Sqrt(value);
        return Record(result, 0.5 / result);
    }

    public Scalar Sin() => Record(Math.Sin(value), Math.Cos(value));

    public Scalar Cos() => Record(Math.Cos(value), -Math.Sin(value));

    public Scalar Log() => Record(Math.Log(value), 1 / value);

    /// <summary>The same value, through which no gradient flows.</summary>
    public Scalar Stop() => tape.Stop(value);

    /// <summary>Hands this number's gradient on to what it came from.</summary>
    public void Backward()
    {
        left?.Gradient += leftSlope * Gradient;
        right?.Gradient += rightSlope * Gradient;
    }

    private Scalar Record(double result, double slope, Scalar? other = null, double otherSlope = 0) =>
        tape.Add(new Scalar(tape, result, this, slope, other, otherSlope));
}
