namespace AuxLossRnn.Tests.Reference;

/// <summary>The numbers of a computation in the order they were made, for reverse-mode gradients.</summary>
/// <param name="heldValues">
/// The stopped values of an earlier run. Stops then give these, so that finite differences see them as constants.
/// </param>
internal sealed class Tape(IReadOnlyList<double>? heldValues = null)
{
    private readonly List<Scalar> _scalars = [];
    private readonly List<double> _stoppedValues = [];

    /// <summary>The value of every stop, in order.</summary>
    public IReadOnlyList<double> StoppedValues => _stoppedValues;

    public Scalar Constant(double value) => Add(new Scalar(this, value));

    public Scalar[] Constants(IEnumerable<double> values) => values.Select(Constant).ToArray();

    public Scalar Stop(double value)
    {
        double held = heldValues is null ? value : heldValues[_stoppedValues.Count];
        _stoppedValues.Add(held);
        return Constant(held);
    }

    public Scalar Add(Scalar scalar)
    {
        _scalars.Add(scalar);
        return scalar;
    }

    /// <summary>Fills in the gradient of the output in every number on the tape.</summary>
    public void Backward(Scalar output)
    {
        foreach (var scalar in _scalars)
        {
            scalar.Gradient = 0;
        }

        output.Gradient = 1;
        for (int i = _scalars.Count - 1; i >= 0; i--)
        {
            _scalars[i].Backward();
        }
    }
}
